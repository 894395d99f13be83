use nexusflow_learn::features::Shape;
use nexusflow_learn::figures::macro_f1;
use nexusflow_learn::sentiment::{Class, Example, Lexicon, Settings, train};
fn main() {
    let data = "/work/shared/data/";
    let lex = Lexicon::with_file(&String::from_utf8_lossy(
        &std::fs::read(format!("{data}vader_groundtruth/vader_sentiment_lexicon.txt")).unwrap(),
    ))
    .unwrap();
    let mut r = csv::Reader::from_path(format!("{data}airline_tweets/Tweets.csv")).unwrap();
    let rows: Vec<(String, Class)> = r
        .records()
        .map(|x| {
            let x = x.unwrap();
            (
                x[10].to_string(),
                match &x[1] {
                    "negative" => Class::Negative,
                    "positive" => Class::Positive,
                    _ => Class::Neutral,
                },
            )
        })
        .collect();
    let n = rows.len() * 4 / 5;
    let tr = &rows[..n];
    let mut base = Settings::default();
    let mut bal = 0.0f32;
    let mut variants: Vec<(String, Settings, f32)> = vec![];
    for arg in std::env::args().skip(1) {
        let (k, v) = arg.split_once('=').unwrap();
        let set = |s: &mut Settings, bal: &mut f32, v: &str| {
            let f: f32 = v.parse().unwrap_or(0.0);
            match k {
                "cost" => s.cost = f,
                "steps" => s.steps = f as u32,
                "prior" => s.prior = f,
                "least" => s.least = f as u32,
                "bal" => s.balance = f,
                "bits" => s.shape.bits = f as u8,
                "pairs" => s.shape.pairs = f > 0.0,
                "let" => {
                    let (a, b) = v.split_once('-').unwrap();
                    s.shape.letters = (a.parse().unwrap(), b.parse().unwrap())
                }
                _ => panic!(),
            }
        };
        let vs: Vec<&str> = v.split(',').collect();
        if vs.len() == 1 {
            set(&mut base, &mut bal, vs[0]);
            for x in &mut variants {
                set(&mut x.1, &mut x.2, vs[0]);
            }
        } else {
            let old = if variants.is_empty() { vec![(String::new(), base.clone(), bal)] } else { variants.clone() };
            variants = old
                .iter()
                .flat_map(|o| {
                    vs.iter()
                        .map(move |v| {
                            let mut o = o.clone();
                            set(&mut o.1, &mut o.2, v);
                            o.0 += &format!("{k}={v} ");
                            o
                        })
                        .collect::<Vec<_>>()
                })
                .collect();
        }
    }
    if variants.is_empty() {
        variants.push(("".into(), base, bal));
    }
    let _ = Shape::WORDS;
    for (name, s, bal) in variants {
        let mut out = vec![];
        // rolling: train on the first f, judge the next 15 %
        for (a, b) in [(0.55, 0.7), (0.7, 0.85), (0.85, 1.0)] {
            let (a, b) = ((n as f64 * a) as usize, (n as f64 * b) as usize);
            let mut cnt = [0f32; 3];
            tr[..a].iter().for_each(|x| cnt[x.1 as usize] += 1.0);
            let mean = a as f32 / 3.0;
            let ex: Vec<Example> = tr[..a].iter().map(|(t, c)| Example { text: t, class: *c, weight: 1.0 }).collect();
            let m = train(&ex, &lex, &s, |_, _| {});
            let g: Vec<(usize, usize)> =
                tr[a..b].iter().map(|(t, c)| (*c as usize, m.judge(t).map_or(1, |j| j.class as usize))).collect();
            let acc = g.iter().filter(|(a, b)| a == b).count() as f64 / g.len() as f64;
            let two: Vec<bool> = tr[a..b]
                .iter()
                .filter(|x| x.1 != Class::Neutral)
                .map(|(t, c)| m.judge(t).is_some_and(|j| (j.score_milli > 0) == (*c == Class::Positive)))
                .collect();
            out.push([
                acc,
                macro_f1(g.iter().copied(), 3),
                two.iter().filter(|x| **x).count() as f64 / two.len() as f64,
                m.to_bytes().len() as f64 / 1000.0,
            ]);
        }
        let k = |i: usize| out.iter().map(|o| o[i]).sum::<f64>() / out.len() as f64;
        println!("{name:40} acc {:.4} f1 {:.4} two {:.4} kB {:.0}", k(0), k(1), k(2), k(3));
    }
}
