//! Prints the figures of evaluations: `cargo run --release --example figures -- DATA [NAME...]`.
use nexusflow_evaluate::EVALUATIONS;
use std::io::Write;
use std::path::PathBuf;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let data = PathBuf::from(arguments.next().expect("the folder with the data"));
    let names: Vec<String> = arguments.collect();
    let mut out = std::io::stdout().lock();
    for own in EVALUATIONS.iter().filter(|own| names.is_empty() || names.iter().any(|name| name == own.name)) {
        let begun = std::time::Instant::now();
        match (own.run)(&data) {
            Ok(figures) => {
                for figure in figures {
                    let (low, high) = figure.interval.unwrap_or_default();
                    let verdict = if figure.reaches_the_aim() {
                        "aim "
                    } else if figure.holds() {
                        "ok  "
                    } else {
                        "FAIL"
                    };
                    let _ = writeln!(
                        out,
                        "{verdict} {:52} {:.4} [{low:.3} {high:.3}] n={} {}",
                        figure.what, figure.value, figure.cases, figure.base
                    );
                }
            }
            Err(error) => {
                let _ = writeln!(out, "{}: {error}", own.name);
            }
        }
        let _ = writeln!(out, "   {} took {:.1} s", own.name, begun.elapsed().as_secs_f64());
    }
}
