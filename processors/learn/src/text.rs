//! The words of a text, in one pass and without allocation.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Letters and digits, with apostrophes inside.
    Word,
    /// `@somebody`.
    Mention,
    /// An emoji, or an emoticon such as `:-)`.
    Emoji,
    /// Digits, with points and commas inside.
    Number,
    /// An address of the web.
    Link,
    /// What ends a clause: `, . ; : ! ?`, a bracket, a line.
    Stop(u8),
}

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it begins, in bytes.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// The hash of its letters, small ones, with what is stretched (`sooo`) cut to two of a kind.
    pub hash: u64,
    /// The same, cut to one of a kind; the same number where nothing is stretched.
    pub cut: u64,
    /// How many letters it has, and how many of them are capitals.
    pub letters: (u16, u16),
}

impl Token {
    /// Whether it is written in capitals, and long enough for that to mean something.
    pub const fn shouts(&self) -> bool {
        self.letters.0 > 2 && self.letters.0 == self.letters.1
    }
}

const SEED: u64 = 0x51_7c_c1_b7_27_22_0a_95;

/// Takes one more number into a hash: a rotation and a multiplication, as in FxHash, quick for a letter at a time.
#[inline]
pub(crate) const fn step(hash: u64, with: u64) -> u64 {
    (hash.rotate_left(5) ^ with).wrapping_mul(SEED)
}

/// Spreads a hash over all of its bits (the finaliser of MurmurHash3): a multiplication leaves the low bits weak.
#[inline]
pub(crate) const fn spread(mut hash: u64) -> u64 {
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash ^ (hash >> 32)
}

/// The hash of a word as a text's token has it, for lists of words.
pub fn hash_of(word: &str) -> u64 {
    tokens(word).next().map_or(0, |token| token.hash)
}

/// The tokens of a text.
pub fn tokens(text: &str) -> Tokens<'_> {
    Tokens { text, at: 0 }
}

/// The tokens of a text, one after the other.
#[derive(Debug, Clone)]
pub struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

/// Takes letters into the two hashes of a word.
#[derive(Clone, Copy)]
struct Spelling {
    hash: u64,
    cut: u64,
    last: u64,
    run: u32,
    stretched: bool,
    letters: u16,
    capitals: u16,
}

impl Spelling {
    const fn new(kind: u64) -> Self {
        Self { hash: kind, cut: kind, last: 0, run: 0, stretched: false, letters: 0, capitals: 0 }
    }

    #[inline]
    fn take(&mut self, small: u64, capital: bool) {
        self.run = if small == self.last { self.run + 1 } else { 1 };
        self.last = small;
        self.stretched |= self.run > 2;
        self.letters = self.letters.saturating_add(1);
        self.capitals = self.capitals.saturating_add(u16::from(capital));
        // The third of a kind and every further one is dropped; what `cut` is only matters once there was one.
        if self.run <= 2 {
            self.hash = step(self.hash, small);
        }
        if self.run == 1 {
            self.cut = step(self.cut, small);
        }
    }

    #[inline]
    fn char(&mut self, c: char) {
        if c.is_ascii() {
            let byte = c as u8;
            self.take(u64::from(byte.to_ascii_lowercase()), byte.is_ascii_uppercase());
        } else {
            let small = c.to_lowercase().next().unwrap_or(c);
            self.take(u64::from(u32::from(small)), small != c);
        }
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let bytes = self.text.as_bytes();
        loop {
            let from = self.at;
            let first = *bytes.get(from)?;
            match first {
                b'a'..=b'z' | b'A'..=b'Z' => return Some(self.word(from)),
                b'0'..=b'9' => return Some(self.number(from)),
                b' ' | b'\t' | b'\r' | b'#' | b'\'' | b'"' | b'_' | b'*' | b'~' | b'`' => self.at += 1,
                b'@' if bytes.get(from + 1).is_some_and(|next| next.is_ascii_alphanumeric() || *next == b'_') => {
                    return Some(self.mention(from));
                }
                b'&' if self.skip_entity() => {}
                128.. => {
                    if let Some(token) = self.beyond_ascii(from) {
                        return Some(token);
                    }
                }
                _ => {
                    if let Some(token) = self.emoticon(from).or_else(|| self.stop(from)) {
                        return Some(token);
                    }
                }
            }
        }
    }
}

impl Tokens<'_> {
    fn char_at(&self, at: usize) -> Option<char> {
        self.text.get(at..)?.chars().next()
    }

    fn token(&mut self, kind: Kind, from: usize, to: usize, spelled: Spelling) -> Token {
        self.at = to;
        let cut = if spelled.stretched { spelled.cut } else { spelled.hash };
        let letters = (spelled.letters, spelled.capitals);
        Token { kind, from, to, hash: spread(spelled.hash), cut: spread(cut), letters }
    }

    fn word(&mut self, from: usize) -> Token {
        let bytes = self.text.as_bytes();
        let mut spelled = Spelling::new(1);
        let mut at = from;
        while let Some(byte) = bytes.get(at) {
            if byte.is_ascii_alphanumeric() {
                spelled.take(u64::from(byte.to_ascii_lowercase()), byte.is_ascii_uppercase());
                at += 1;
            } else if *byte == b'\'' && bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic) {
                spelled.hash = step(spelled.hash, u64::from(b'\''));
                spelled.cut = step(spelled.cut, u64::from(b'\''));
                at += 1;
            } else if *byte >= 128 {
                let Some(c) = self.char_at(at) else { break };
                if c == '\u{2019}' && bytes.get(at + 3).is_some_and(u8::is_ascii_alphabetic) {
                    spelled.hash = step(spelled.hash, u64::from(b'\''));
                    spelled.cut = step(spelled.cut, u64::from(b'\''));
                } else if c.is_alphanumeric() {
                    spelled.char(c);
                } else {
                    break;
                }
                at += c.len_utf8();
            } else {
                break;
            }
        }
        if bytes[at..].starts_with(b"://") || is_www(&bytes[from..at], bytes.get(at)) {
            let to = bytes[at..].iter().position(u8::is_ascii_whitespace).map_or(bytes.len(), |len| at + len);
            return self.token(Kind::Link, from, to, Spelling::new(2));
        }
        self.token(Kind::Word, from, at, spelled)
    }

    fn number(&mut self, from: usize) -> Token {
        let bytes = self.text.as_bytes();
        let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let mut at = from;
        while digit(at) || (bytes.get(at).is_some_and(|byte| matches!(byte, b'.' | b',')) && digit(at + 1)) {
            at += 1;
        }
        if bytes.get(at).is_some_and(u8::is_ascii_alphabetic) {
            return self.word(from);
        }
        // Of a number its length is told, not its value: nobody's order number should mean anything.
        let mut spelled = Spelling::new(3);
        spelled.hash = step(spelled.hash, (at - from).min(6) as u64);
        spelled.cut = spelled.hash;
        self.token(Kind::Number, from, at, spelled)
    }

    fn mention(&mut self, from: usize) -> Token {
        let bytes = self.text.as_bytes();
        let mut spelled = Spelling::new(4);
        let mut at = from + 1;
        while let Some(byte) = bytes.get(at).filter(|byte| byte.is_ascii_alphanumeric() || **byte == b'_') {
            spelled.take(u64::from(byte.to_ascii_lowercase()), false);
            at += 1;
        }
        self.token(Kind::Mention, from, at, spelled)
    }

    /// `&amp;`: goes on behind it.
    fn skip_entity(&mut self) -> bool {
        let rest = &self.text.as_bytes()[self.at..];
        let letters =
            rest[1..].iter().take(8).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'#').count();
        let is_entity = letters > 1 && rest.get(letters + 1) == Some(&b';');
        if is_entity {
            self.at += letters + 2;
        }
        is_entity
    }

    fn beyond_ascii(&mut self, from: usize) -> Option<Token> {
        let c = self.char_at(from)?;
        if c.is_alphanumeric() {
            return Some(self.word(from));
        }
        let to = from + c.len_utf8();
        if is_emoji(c) {
            let mut spelled = Spelling::new(5);
            spelled.char(c);
            return Some(self.token(Kind::Emoji, from, to, spelled));
        }
        self.at = to;
        // The stops of other scripts.
        matches!(c, '\u{2026}' | '\u{3002}' | '\u{ff01}' | '\u{ff0c}' | '\u{ff1f}')
            .then(|| self.token(Kind::Stop(b'.'), from, to, Spelling::new(6)))
    }

    /// `:-)`, `;)`, `=(`, `<3`, `:'(`: eyes, perhaps a nose, a mouth.
    fn emoticon(&mut self, from: usize) -> Option<Token> {
        let bytes = self.text.as_bytes();
        let rest = &bytes[from..];
        let to = match rest {
            [b'<', b'3' | b'/', ..] => from + 2 + usize::from(rest.starts_with(b"</3")),
            [b':' | b';' | b'=' | b'8', b'\'' | b'-' | b'o' | b'^', mouth, ..] if is_mouth(*mouth) => from + 3,
            [b':' | b';' | b'=', mouth, ..] if is_mouth(*mouth) => from + 2,
            _ => return None,
        };
        let behind = bytes.get(to);
        if bytes[to - 1].is_ascii_alphanumeric() && behind.is_some_and(u8::is_ascii_alphanumeric) {
            return None;
        }
        let mut spelled = Spelling::new(5);
        bytes[from..to].iter().for_each(|byte| spelled.take(u64::from(*byte), false));
        Some(self.token(Kind::Emoji, from, to, spelled))
    }

    fn stop(&mut self, from: usize) -> Option<Token> {
        let byte = self.text.as_bytes()[from];
        self.at = from + 1;
        let stops = matches!(byte, b',' | b'.' | b';' | b':' | b'!' | b'?' | b'(' | b')' | b'\n');
        stops.then(|| {
            let mut spelled = Spelling::new(6);
            spelled.take(u64::from(byte), false);
            self.token(Kind::Stop(byte), from, from + 1, spelled)
        })
    }
}

const fn is_mouth(byte: u8) -> bool {
    matches!(byte, b')' | b'(' | b'D' | b'd' | b'p' | b'P' | b'/' | b'\\' | b'|' | b'*' | b']' | b'[' | b'o' | b'O')
}

fn is_www(word: &[u8], next: Option<&u8>) -> bool {
    next == Some(&b'.') && word.eq_ignore_ascii_case(b"www")
}

const fn is_emoji(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f300}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::{hash_of, tokens};

    #[test]
    fn a_text_comes_apart_as_it_is_read() {
        let text =
            "@Shop I DON\u{2019}T like it, 3 of 1,200 broken!! \u{1f621}\u{1f621} http://a.b/c :-( &amp; sooo l8 naïve";
        let parts: Vec<String> =
            tokens(text).map(|token| format!("{:?} {}", token.kind, &text[token.from..token.to])).collect();
        insta::assert_snapshot!(parts.join("\n"), @r"
        Mention @Shop
        Word I
        Word DON’T
        Word like
        Word it
        Stop(44) ,
        Number 3
        Word of
        Number 1,200
        Word broken
        Stop(33) !
        Stop(33) !
        Emoji 😡
        Emoji 😡
        Link http://a.b/c
        Emoji :-(
        Word sooo
        Word l8
        Word naïve
        ");
    }

    #[test]
    fn words_are_the_same_however_they_are_written() {
        for (one, other) in [("GREAT", "great"), ("don\u{2019}t", "don't"), ("Ärger", "ärger"), ("soooo", "sooooooo")]
        {
            assert_eq!(hash_of(one), hash_of(other), "{one}");
        }
        assert_eq!(tokens("sooo").next().unwrap().cut, hash_of("so"));
        let good = tokens("good").next().unwrap();
        assert_eq!(good.hash, good.cut);
        assert_ne!(hash_of("good"), hash_of("god"));
        assert_ne!(hash_of("well"), hash_of("we'll"));
    }
}
