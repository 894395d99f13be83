use nexusflow_learn::themes::{Example, Settings, train};
use std::collections::BTreeSet;
fn main() {
    let rec: f64 = std::env::var("REC").ok().map_or(0.0, |v| v.parse().unwrap());
    let data = "/work/shared/data/";
    let mut variants: Vec<(String, Settings)> = vec![];
    let mut base = Settings::default();
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let which = args.remove(0);
    let mut conf = 1.0f64;
    for arg in args {
        let (k, v) = arg.split_once('=').unwrap();
        if k == "conf" {
            conf = v.parse().unwrap();
            continue;
        }
        let set = |s: &mut Settings, v: &str| {
            let f: f32 = v.parse().unwrap_or(0.0);
            match k {
                "cost" => s.cost = f,
                "steps" => s.steps = f as u32,
                "least" => s.least = f as u32,
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
            set(&mut base, vs[0]);
            for x in &mut variants {
                set(&mut x.1, vs[0]);
            }
        } else {
            let old = if variants.is_empty() { vec![(String::new(), base.clone())] } else { variants.clone() };
            variants = old
                .iter()
                .flat_map(|o| {
                    vs.iter()
                        .map(move |v| {
                            let mut o = o.clone();
                            set(&mut o.1, v);
                            o.0 += &format!("{k}={v} ");
                            o
                        })
                        .collect::<Vec<_>>()
                })
                .collect();
        }
    }
    if variants.is_empty() {
        variants.push(("".into(), base));
    }
    let mut rows: Vec<(String, String, f64)> = vec![];
    if which == "air" {
        let mut r = csv::Reader::from_path(format!("{data}airline_tweets/Tweets.csv")).unwrap();
        let all: Vec<_> = r.records().map(|x| x.unwrap()).collect();
        let n = all.len() * 4 / 5;
        for x in &all[..n] {
            if !x[3].is_empty() {
                rows.push((x[10].to_string(), x[3].to_string(), x[4].parse().unwrap_or(0.0)));
            }
        }
    } else {
        let mut r = csv::Reader::from_path(format!("{data}banking77/train.csv")).unwrap();
        for x in r.records() {
            let x = x.unwrap();
            rows.push((x[0].to_string(), x[1].to_string(), 1.0));
        }
        let mut c = nexusflow_learn::figures::Chance::new(5);
        c.shuffle(&mut rows);
    }
    let themes: Vec<String> = rows.iter().map(|r| r.1.clone()).collect::<BTreeSet<_>>().into_iter().collect();
    let th = |s: &str| themes.iter().position(|t| t == s).unwrap() as u16;
    let n = rows.len();
    for (name, s) in variants {
        let mut out = vec![];
        let folds: Vec<(Vec<usize>, Vec<usize>)> = if which == "air" {
            [(0.55, 0.7), (0.7, 0.85), (0.85, 1.0)]
                .iter()
                .map(|(a, b)| {
                    let (a, b) = ((n as f64 * a) as usize, (n as f64 * b) as usize);
                    ((0..a).collect(), (a..b).collect())
                })
                .collect()
        } else {
            (0..2).map(|k| ((0..n).filter(|i| i % 5 != k).collect(), (0..n).filter(|i| i % 5 == k).collect())).collect()
        };
        for (tr, te) in folds {
            let noct = std::env::var("NOCT").is_ok();
            let ex: Vec<Example> = tr
                .iter()
                .filter(|i| !noct || rows[**i].1 != "Can't Tell")
                .map(|i| Example {
                    text: &rows[*i].0,
                    theme: th(&rows[*i].1),
                    weight: (rows[*i].2.powf(conf) * (-(tr.len() as f64 - *i as f64) / tr.len() as f64 * rec).exp())
                        as f32,
                })
                .collect();
            let m = train(&ex, &themes, &s, |_, _| {});
            let g: Vec<(u16, Vec<u16>, u16, f64)> = te
                .iter()
                .map(|i| {
                    let g = m.guess(&rows[*i].0);
                    (
                        th(&rows[*i].1),
                        g.iter().map(|g| g.theme).collect(),
                        g.first().map_or(0, |g| g.sure_milli),
                        rows[*i].2,
                    )
                })
                .collect();
            let top =
                |k: usize| g.iter().filter(|x| x.1.iter().take(k).any(|t| *t == x.0)).count() as f64 / g.len() as f64;
            let ct = themes.iter().position(|t| t == "Can't Tell").unwrap_or(999) as u16;
            let sure: Vec<_> = g.iter().filter(|x| x.3 >= 0.66 && x.0 != ct).collect();
            let s1 =
                sure.iter().filter(|x| x.1.iter().find(|t| **t != ct) == Some(&x.0)).count() as f64 / sure.len() as f64;
            let mut h = g.clone();
            h.sort_by_key(|x| std::cmp::Reverse(x.2));
            h.truncate(g.len() * 3 / 5);
            let s60 = h.iter().filter(|x| x.1.first() == Some(&x.0)).count() as f64 / h.len() as f64;
            out.push([top(1), top(2), s1, s60, m.to_bytes().len() as f64 / 1000.0]);
        }
        let k = |i: usize| out.iter().map(|o| o[i]).sum::<f64>() / out.len() as f64;
        println!("{name:40} top1 {:.4} top2 {:.4} sure {:.4} s60 {:.4} kB {:.0}", k(0), k(1), k(2), k(3), k(4));
    }
}
