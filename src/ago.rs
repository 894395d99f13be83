//! Times as people write them on a command line.

use crate::process;
use nexusflow_model::Timestamp;

/// A length of time such as `90d`, `12h`, `30m`, `45s`, in milliseconds.
pub(crate) fn length_ms(text: &str) -> Result<i64, String> {
    let wrong = || format!("{text:?} is no length of time such as 90d, 12h, 30m or 45s");
    let at = text.len().checked_sub(1).filter(|at| text.is_char_boundary(*at)).ok_or_else(wrong)?;
    let (number, unit) = text.split_at(at);
    let ms = match unit {
        "d" => 86_400_000,
        "h" => 3_600_000,
        "m" => 60_000,
        "s" => 1_000,
        _ => return Err(wrong()),
    };
    let number: u32 = number.parse().map_err(|_| wrong())?;
    if number == 0 {
        return Err(wrong());
    }
    Ok(i64::from(number) * ms)
}

/// A moment: as long ago as `2d` says, or as RFC 3339 says.
pub(crate) fn moment(text: &str) -> Result<Timestamp, String> {
    if let Ok(ms) = length_ms(text) {
        return Ok(process::now().plus_ms(-ms));
    }
    text.parse()
        .map_err(|_| format!("{text:?} is neither a length of time such as 2d nor a time such as 2026-01-05T10:00:00Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_a_number_and_a_unit() {
        assert_eq!((length_ms("90d"), length_ms("45s")), (Ok(7_776_000_000), Ok(45_000)));
        for bad in ["", "d", "0d", "-1d", "1", "1w", "1é", "99999999999d"] {
            assert!(length_ms(bad).is_err(), "{bad}");
        }
        assert_eq!(moment("2026-01-05T10:00:00Z"), "2026-01-05T10:00:00Z".parse().map_err(|_| String::new()));
        assert!(moment("yesterday").is_err());
    }
}
