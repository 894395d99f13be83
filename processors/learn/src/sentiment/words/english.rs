//! English but for its verbs.

/// Valence in tenths, and nouns of that valence; their plurals are made by rule.
pub(super) const NOUNS: &[(i8, &str)] = &[
    (
        30,
        "masterpiece miracle gem bliss delight joy perfection excellence hero heroine lifesaver godsend angel paradise champ treat triumph treasure wonder brilliance",
    ),
    (
        22,
        "pleasure compliment success winner star favorite favourite bargain blessing gift kudos praise gratitude smile fun laugh happiness satisfaction enjoyment admiration passion warmth friendliness courtesy hospitality professionalism generosity kindness beauty charm elegance talent genius improvement reward benefit advantage victory celebration enthusiasm enthusiast fan cheer",
    ),
    (
        16,
        "help support assistance convenience ease comfort reliability efficiency simplicity quality value friend welcome solution fix relief luck hope trust honesty loyalty respect patience understanding appreciation thanks peace safety security freedom strength bonus discount upgrade perk highlight luxury promise care confidence clarity variety accuracy durability",
    ),
    (
        -14,
        "complaint delay issue error glitch bug wait queue hassle inconvenience confusion mistake mess trouble difficulty concern worry doubt dispute claim limitation drawback downside obstacle setback shortage noise fee surcharge penalty excuse flaw fault cancellation backlog outage downtime interruption disruption mixup typo misunderstanding compromise headache chore burden",
    ),
    (
        -20,
        "problem defect disappointment frustration failure loss damage crack leak stain dent scratch breakage complaint annoyance irritation anger nuisance neglect ignorance incompetence rudeness arrogance attitude disrespect discomfort pain sadness stress anxiety fear regret risk danger threat injury illness sickness misery suffering struggle crash malfunction disconnect deficiency weakness shame guilt embarrassment clutter dirt filth odor odour stench smell mold mould bruise tear rip gimmick cliche cliché bore letdown dud lemon flop inconsistency inaccuracy negligence loser idiot moron fool jerk clown amateur",
    ),
    (
        -30,
        "disaster nightmare catastrophe scam fraud scammer fraudster thief crook liar lie rip-off ripoff garbage trash rubbish crap junk shit bullshit horror hell hatred outrage disgrace joke travesty fiasco debacle atrocity abomination tragedy rage fury hate disgust contempt cheat theft abuse lawsuit shambles poison cockroach roach vomit diarrhea torture insult mockery farce scandal racism racist sexism bigot criminal crime con shambles cesspool dump eyesore failure",
    ),
];
/// Adjectives; their adverbs and nouns in -ness are made by rule.
pub(super) const ADJECTIVES: &[(i8, &str)] = &[
    (
        34,
        "excellent superb outstanding perfect amazing fantastic wonderful awesome incredible brilliant magnificent phenomenal marvelous marvellous exceptional flawless impeccable spectacular extraordinary fabulous sensational stellar divine heavenly exquisite astonishing astounding breathtaking unbeatable unmatched stunning splendid sublime terrific unforgettable magical matchless peerless superlative glorious first-class world-class top-notch mindblowing legendary immaculate",
    ),
    (
        28,
        "great beautiful delightful lovely delicious gorgeous impressive thrilling remarkable joyous joyful ecstatic elated overjoyed enchanting fascinating captivating charming dazzling elegant radiant hilarious inspiring inspirational memorable masterful invaluable priceless best scrumptious mouthwatering yummy tasty succulent hearty heartwarming blissful victorious triumphant superior admirable exemplary enthusiastic ingenious adorable brave heroic",
    ),
    (
        22,
        "happy good nice friendly helpful pleasant enjoyable generous gracious kind thoughtful caring courteous attentive polite professional knowledgeable responsive reliable dependable trustworthy efficient impressive satisfying rewarding refreshing cheerful grateful thankful appreciative glad pleased excited exciting fun funny entertaining engaging gentle warm welcoming hospitable stylish classy creative clever smart talented skilled innovative intuitive comfortable comfy cozy cosy luxurious spacious pretty attractive sweet cute fresh flavorful flavourful tender crisp juicy authentic genuine sincere honest loyal faithful proud lucky fortunate blessed peaceful serene calm relaxing favorite favourite popular worthwhile valuable affordable sturdy robust durable",
    ),
    (
        16,
        "clean clear easy simple quick fast swift speedy prompt smooth solid safe secure fair reasonable decent fine okay accurate correct convenient handy useful practical effective functional capable competent flexible versatile light lightweight quiet seamless painless effortless straightforward user-friendly cool neat tidy bright crispy rich strong powerful stable steady consistent timely punctual cheap economical eco-friendly healthy nutritious organic complete precise perfect positive optimistic hopeful confident patient accommodating understanding cooperative supportive polished sleek modern welcome satisfied content relieved worthy interesting intriguing compelling believable realistic touching moving poignant charismatic likable likeable watchable original",
    ),
    (
        -12,
        "slow late cold hard difficult small noisy loud busy crowded old dated outdated expensive pricey costly limited strange weird odd heavy bulky tight loose stiff thin salty greasy oily dry bland plain average mediocre ordinary unclear vague complicated complex tricky inconvenient unusual uncertain unsure doubtful reluctant hesitant sluggish clunky awkward cramped dark dim dull boring long stale soggy chewy overcooked undercooked lukewarm watery tired delayed unavailable incomplete inaccurate incorrect wrong missing unanswered pending shaky skeptical sceptical",
    ),
    (
        -20,
        "bad poor sad angry annoyed annoying unhappy upset disappointed disappointing dissatisfied dissatisfying frustrated frustrating irritated irritating broken faulty defective damaged flawed buggy glitchy unstable unreliable inconsistent inefficient ineffective unhelpful unresponsive unfriendly unprofessional impolite rude careless sloppy lazy incompetent clueless ignorant dishonest misleading deceptive deceitful false fake cheaply flimsy fragile weak worthless useless pointless meaningless unusable inedible tasteless flavorless flavourless uncomfortable unpleasant unpleasing unattractive ugly dirty filthy dingy grimy messy smelly stinky moldy mouldy rusty unsafe dangerous hazardous risky unhealthy unfair unjust unreasonable unjustified unwanted unwilling unsatisfactory unsatisfying inadequate insufficient inferior subpar substandard lousy crappy shoddy cheesy tacky overpriced exorbitant overrated underwhelming lackluster lacklustre forgettable predictable uninspired unoriginal contrived amateurish cliched pretentious shallow confused confusing chaotic disorganized disorganised hectic stressful stressed painful sore sick ill nauseous hurt worried nervous anxious afraid scared fearful lonely hopeless helpless depressed depressing gloomy bleak miserable sorry guilty ashamed embarrassed embarrassing bitter jealous hostile aggressive arrogant condescending obnoxious stubborn selfish greedy stingy petty nasty mean cruel harsh cynical bored tedious tiresome repetitive clumsy unfortunate unlucky unbearable problematic troublesome troubled negative negligent unacceptable unsuitable unethical unable unsupported unresolved impossible lame silly stupid dumb foolish idiotic moronic ridiculous absurd laughable crazy insane",
    ),
    (
        -32,
        "terrible horrible awful dreadful atrocious abysmal appalling disgusting disgraceful pathetic horrendous horrid horrific abominable deplorable despicable detestable revolting repulsive vile gross sickening nauseating unbearable intolerable inexcusable unforgivable outrageous furious livid enraged infuriating maddening exasperating catastrophic disastrous tragic devastating fraudulent criminal corrupt shameful shameless scandalous ghastly hideous hateful heartless vicious wretched toxic traumatic evil rotten putrid rancid worst insulting offensive unspeakable hellish torturous ludicrous preposterous egregious lamentable pitiful contemptible",
    ),
];
/// Words that stand as they are: irregular forms, exclamations, what people type.
pub(super) const WORDS: &[(i8, &str)] = &[
    (
        32,
        "best loved wow yay woohoo hooray yum yummy bravo amazeballs ily unbelievably perfecto fab epic awesomeness masterfully godsend bestest must-have must-see",
    ),
    (
        24,
        "thanks thank thx ty tysm thankyou better finest happier happiest kudos props cheers enjoyed impressed thankfully superbly greatly won wins fastest easiest cleanest friendliest nicest cutest tastiest freshest smoothest highly gladly favorite favourite fav fave delish haha hahaha lol lmao rofl xoxo congrats congratulations bless luv lovin loveee gr8 greatest beautifully happily wonderfully deliciously pleasantly glad yes yess yesss",
    ),
    (
        18,
        "well works worked working helps helped resolved solved fixed recommended recommend worth deal steal quicker faster easier cleaner fresher warmer cheaper cheapest improved improvement upgraded upgrade welcome welcomed appreciated nicely smoothly quickly promptly easily safely comfortably good goodness gooood nicer ok okay perfectly properly correctly reliably lightning timely saved saves refunded compensated credited reimbursed smile smiles smiling crispy excited excitement yep great-looking well-made well-written well-acted",
    ),
    (
        -14,
        "waiting waited late later slow slower slowly slowest delayed delays cancelled canceled cancellation cancellations unfortunately sadly sad forgot forgotten missed missing lost stuck stranded closed outdated hours issue issues refund charged apology excuses complaint overbooked rebook rebooked downgraded expired mediocre meh hmm ugh eh lacks lacked lacking barely weirdly tired disconnected disconnects hung-up dropped drops ignored unanswered",
    ),
    (
        -22,
        "worse broke broken breaks died dead dies dying fail failed fails failing failure wtf smh omfg ffs argh grr boo booo yuck yucky ew eww fed-up pissed pissing screwed screw screws damn damned dammit crap crappy bs sucked sucks sucky suck lied lies lying cheated stolen stole hung cried ruined wasted waste poorly badly unfortunately tore torn froze frozen leaking cracked unhappy unplayable unusable bogus joke joking clueless incompetent incompetence neither downhill avoid beware regret regretted annoying annoys overpriced disappointing disappointed ridiculous nope nothappy neveragain fail epicfail",
    ),
    (
        -32,
        "worst hate hated hates hell shit shitty bullshit fuck fucking fucked fuckin fuckers asshole assholes ass bitch bastard bastards goddamn scam scammed scammers fraud robbery crooks thieves shambles unacceptable outrageous disgusted disgusting disgrace disgraceful horrible terrible awful atrocious nightmare pathetic appalled furious livid rage",
    ),
];
/// Pairs of words that say what neither says alone.
pub(super) const PHRASES: &[(i8, &str)] = &[
    (
        26,
        "can't wait, cant wait, well done, thumbs up, five stars, 5 stars, top notch, first class, second none, love it, loved it, love this, great job, good job, great service, works great, works well, works perfectly, works fine, well worth, highly recommend, highly recommended, great price, great deal, great value, must have, must see, must try, so good, very good, blown away, hands down, pleasantly surprised, big fan, spot on, on point, hard beat, world class, state art, made day, well made, well written, well acted, well worth, no complaints, no regrets, be back, coming back, going back",
    ),
    (
        16,
        "no problem, no problems, no issues, no issue, no trouble, no hassle, not bad, no worries, on time, no wait, no delay, no delays, no doubt, without problems, without problem, never fails, never fail, never disappoints, never disappointed, can't complain, cant complain, can't beat, cant beat, don't hesitate, pretty good, as described, as advertised, as expected, sold me, even better, much better, far better, so far, no fuss, hassle free, problem free, free shipping, early arrival, quick response, fast shipping, fast delivery, as promised, thank you, looking forward, sounds great",
    ),
    (
        -16,
        "too long, too slow, too late, too small, too big, too expensive, too much, too loud, too short, too many, no answer, no response, no reply, no one, nobody answers, no help, no way, no longer, not work, not working, doesn't work, doesnt work, didn't work, didnt work, won't work, wont work, stopped working, quit working, not worth, not recommend, hung up, hang up, on hold, still waiting, still no, still not, never arrived, never came, never received, never got, never again, never go, never buy, never fly, never use, never return, won't return, won't buy, not again, not impressed, not happy, not good, not great, so slow, fell apart, falls apart, falling apart, fall apart, wears out, worn out, died after, broke after, only lasted, save money, save yourself, out stock, sold out, wrong item, wrong size, go elsewhere, look elsewhere, shop elsewhere, could better, could have, should have, would have, at best, walked out, sent back, send back, returned it, let down, put off, gave up, give up, sub par, below average, no excuse, poor quality, bad quality, low quality, hit miss",
    ),
    (
        -30,
        "waste of, waste money, waste time, rip off, ripped off, stay away, steer clear, don't buy, dont buy, don't waste, dont waste, customer disservice, zero stars, one star, 1 star, 0 stars, piece of, total loss, big mistake, no sense, worst ever, never again, money back, want back, fed up, sick of, tired of, shame on, what joke, such joke, complete joke, no stars, going switch, last time, not acceptable, not cool, not ok, not okay, false advertising, food poisoning, threw away, thrown out, throw away, threw out, avoid this, avoid like",
    ),
];
pub(super) const NEGATIONS: &str = "not no never none nobody nothing nowhere neither nor without cannot can't cant couldn't couldnt \
    didn't didnt doesn't doesnt don't dont hadn't hadnt hasn't hasnt haven't havent isn't isnt aren't arent ain't aint wasn't wasnt \
    weren't werent won't wont wouldn't wouldnt shouldn't shouldnt mustn't needn't hardly rarely seldom scarcely zero nope unless lacks";
pub(super) const EMPHASIS: &str = "very really so extremely absolutely completely totally utterly highly incredibly truly super \
    too such quite especially particularly exceptionally extraordinarily insanely ridiculously deeply entirely fully thoroughly \
    purely seriously hugely enormously terribly awfully remarkably unbelievably definitely certainly literally always way much more most \
    damn fucking fuckin freaking frickin effing bloody hella mega ultra simply just beyond overly immensely intensely perfectly real";
pub(super) const DAMPERS: &str = "slightly somewhat fairly kinda kind sorta sort almost barely partly partially marginally \
    occasionally sometimes moderately mildly little bit less least relatively";
pub(super) const BUT: &str = "but however though although yet except nevertheless";
