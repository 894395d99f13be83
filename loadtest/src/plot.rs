//! Lines over axes as SVG that needs nothing from outside: colours are the page's.

const WIDTH: f64 = 460.0;
const HEIGHT: f64 = 280.0;
const LEFT: f64 = 58.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 42.0;

/// Shorter times are drawn as that: nobody sees the difference, and the others need the room.
const LEAST_US: u64 = 100;

/// A line: its colour's number, and its points, of which `y` is a time in microseconds.
pub(crate) struct Line {
    pub(crate) colour: usize,
    pub(crate) points: Vec<(f64, u64)>,
}

/// Marks of the horizontal axis: where, and what is written there.
pub(crate) type Mark = (f64, String);

/// Draws `lines` over a horizontal axis that begins at nothing and a vertical one of times, by powers of ten.
pub(crate) fn plot(what: &str, lines: &[Line], marks: &[Mark], below: &str) -> String {
    let points = || lines.iter().flat_map(|line| &line.points);
    let x_max = points().map(|point| point.0).chain(marks.iter().map(|mark| mark.0)).fold(1e-9, f64::max);
    let decade = |us: u64| (us.max(LEAST_US) as f64).log10();
    let from = points().map(|point| decade(point.1).floor()).fold(f64::INFINITY, f64::min).min(5.0);
    let to = points().map(|point| decade(point.1).ceil()).fold(from + 1.0, f64::max);
    let x = |value: f64| LEFT + (WIDTH - LEFT - RIGHT) * value / x_max;
    let y = |decade: f64| HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (decade - from) / (to - from);
    let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);

    let mut svg = format!("<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{what}\">");
    let mut draw = |part: &str| svg.push_str(part);
    for power in from as i32..=to as i32 {
        let at = y(f64::from(power));
        draw(&format!("<path class=\"grid\" d=\"M{LEFT} {at:.1}H{right}\"/>"));
        draw(&format!("<text class=\"y\" x=\"{:.1}\" y=\"{:.1}\">{}</text>", LEFT - 6.0, at + 4.0, time(power)));
    }
    for (value, text) in marks {
        let at = x(*value);
        draw(&format!("<path class=\"grid\" d=\"M{at:.1} {TOP}V{bottom}\"/>"));
        draw(&format!("<text class=\"x\" x=\"{at:.1}\" y=\"{:.1}\">{text}</text>", bottom + 16.0));
    }
    draw(&format!("<text class=\"x\" x=\"{:.1}\" y=\"{:.1}\">{below}</text>", (LEFT + right) / 2.0, HEIGHT - 7.0));
    for line in lines {
        let path = line.points.iter().map(|(value, us)| format!("{:.1} {:.1}", x(*value), y(decade(*us))));
        let path = path.collect::<Vec<_>>().join("L");
        draw(&format!("<path class=\"line c{}\" d=\"M{path}\"/>", line.colour));
    }
    svg.push_str("</svg>");
    svg
}

/// So many microseconds as a power of ten, as people say it.
fn time(power: i32) -> String {
    match power {
        ..3 => format!("{} µs", 10_i64.pow(power.max(0) as u32)),
        3..6 => format!("{} ms", 10_i64.pow(power as u32 - 3)),
        6.. => format!("{} s", 10_i64.pow(power as u32 - 6)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_stands_where_its_axes_say() {
        let line = Line { colour: 3, points: vec![(0.0, 1_000), (2.0, 100_000)] };
        let svg = plot("a test", &[line], &[(1.0, "half".into())], "below");
        // From the bottom on the left to the top on the right; the mark in the middle.
        assert!(svg.contains("<path class=\"line c3\" d=\"M58.0 238.0L446.0 12.0\"/>"), "{svg}");
        assert!(svg.contains("x=\"252.0\" y=\"254.0\">half</text>"), "{svg}");
        assert!(["1 ms", "10 ms", "100 ms"].iter().all(|label| svg.contains(&format!(">{label}</text>"))), "{svg}");
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }

    #[test]
    fn no_line_is_an_empty_plot() {
        let svg = plot("nothing", &[], &[], "");
        assert!(!svg.contains("NaN") && !svg.contains("inf") && svg.ends_with("</svg>"), "{svg}");
    }

    #[test]
    fn times_have_the_unit_that_people_say() {
        assert_eq!([0, 2, 3, 5, 6, 8].map(time), ["1 µs", "100 µs", "1 ms", "100 ms", "1 s", "100 s"]);
    }
}
