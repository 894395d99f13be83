//! Accounts as lines of text, which every peer writes alike.

use crate::{Account, Failure};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Writes a line an account, in no particular order: customer, count, sum, time and amount of the last payment, count and sum of
/// the hour, count and sum of the day, whether at risk.
///
/// # Errors
/// Where the file can't be written.
pub fn write<'a>(path: &Path, accounts: impl Iterator<Item = (&'a str, Account)>) -> Result<(), Failure> {
    let mut file = BufWriter::new(File::create(path)?);
    for (customer, account) in accounts {
        let (all, hour, day) = (account.all(), account.hour(), account.day());
        let (last_ms, last_amount) = account.last();
        let at_risk = u8::from(account.is_at_risk());
        write!(file, "{customer},{},{},{last_ms},{last_amount}", all.count, all.sum)?;
        writeln!(file, ",{},{},{},{},{at_risk}", hour.count, hour.sum, day.count, day.sum)?;
    }
    Ok(file.flush()?)
}
