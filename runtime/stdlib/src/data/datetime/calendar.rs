//! The proleptic Gregorian calendar: days, weeks, ordinals.

/// Days before the year that `fromordinal(1)` begins.
pub const MAX_ORDINAL: i64 = 3_652_059;

pub fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}
pub fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
fn days_before_year(year: i64) -> i64 {
    let y = year - 1;
    y * 365 + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400)
}
pub fn days_before_month(year: i64, month: i64) -> i64 {
    const BEFORE: [i64; 13] = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    BEFORE[month as usize % 13] + i64::from(month > 2 && is_leap(year))
}
/// Day number, 1 for 0001-01-01.
pub fn to_ordinal(year: i64, month: i64, day: i64) -> i64 {
    days_before_year(year) + days_before_month(year, month) + day
}
/// Year, month and day of a day number.
pub fn from_ordinal(ordinal: i64) -> (i64, i64, i64) {
    let n = ordinal - 1;
    let (n400, n) = (n.div_euclid(146_097), n.rem_euclid(146_097));
    let (n100, n) = (n / 36_524, n % 36_524);
    let (n4, n) = (n / 1461, n % 1461);
    let (n1, n) = (n / 365, n % 365);
    let year = n400 * 400 + n100 * 100 + n4 * 4 + n1 + 1;
    if n1 == 4 || n100 == 4 {
        return (year - 1, 12, 31);
    }
    let mut month = (n + 50) >> 5;
    if days_before_month(year, month) > n {
        month -= 1;
    }
    (year, month, n - days_before_month(year, month) + 1)
}
/// Monday is 0.
pub fn weekday(year: i64, month: i64, day: i64) -> i64 {
    (to_ordinal(year, month, day) + 6).rem_euclid(7)
}
/// Day number of the Monday that begins ISO week 1.
pub fn iso_week1(year: i64) -> i64 {
    let first = to_ordinal(year, 1, 1);
    let weekday = (first + 6).rem_euclid(7);
    let monday = first - weekday;
    if weekday > 3 { monday + 7 } else { monday }
}
/// ISO year, week and weekday (Monday is 1).
pub fn iso(year: i64, month: i64, day: i64) -> (i64, i64, i64) {
    let today = to_ordinal(year, month, day);
    let mut y = year;
    let mut start = iso_week1(y);
    let mut week = (today - start).div_euclid(7);
    if week < 0 {
        y -= 1;
        start = iso_week1(y);
        week = (today - start).div_euclid(7);
    } else if week >= 52 && today >= iso_week1(y + 1) {
        y += 1;
        week = 0;
        start = iso_week1(y);
    }
    (y, week + 1, (today - start).rem_euclid(7) + 1)
}
/// Whether the ISO year has that week, and the day number of its day.
pub fn from_iso(year: i64, week: i64, day: i64) -> Result<i64, IsoError> {
    if !(1..=9999).contains(&year) {
        return Err(IsoError::Year);
    }
    if !(1..=52).contains(&week) {
        let first = weekday(year, 1, 1);
        let long = first == 3 || (first == 2 && is_leap(year));
        if week != 53 || !long {
            return Err(IsoError::Week);
        }
    }
    if !(1..=7).contains(&day) {
        return Err(IsoError::Day);
    }
    Ok(iso_week1(year) + (week - 1) * 7 + day - 1)
}
#[derive(Debug)]
pub enum IsoError {
    Year,
    Week,
    Day,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_there_and_back() {
        let mut n = 0;
        for year in 1..=9999 {
            for month in 1..=12 {
                for day in 1..=days_in_month(year, month) {
                    n += 1;
                    debug_assert_eq!(to_ordinal(year, month, day), n);
                    assert_eq!(from_ordinal(n), (year, month, day));
                }
            }
        }
        assert_eq!(n, MAX_ORDINAL);
    }
}
