//! A swept field as one writes it on a command line: `market.k=0,0.5,1`, `data.homes=4:12:4`.

use std::str::FromStr;

use serde_json::{Value, json};

use super::{MOST_RUNS, SweepField, plan::whole};

impl FromStr for SweepField {
    type Err = String;

    /// Reads `NAME=VALUE,…` or `NAME=FROM:TO:STEP`. A value is JSON or a bare word, which is a text; a
    /// range has its end where a step meets it.
    fn from_str(text: &str) -> Result<Self, String> {
        let (name, values) = text
            .split_once('=')
            .filter(|(name, _)| !name.is_empty())
            .ok_or("it must be NAME=VALUE,… or NAME=FROM:TO:STEP")?;
        let values = match range(values)? {
            Some(values) => values,
            None => split(values).into_iter().map(value).collect::<Result<_, _>>()?,
        };
        Ok(Self { name: name.to_owned(), values })
    }
}

/// The numbers of `FROM:TO:STEP`; `None` for what is no range.
fn range(text: &str) -> Result<Option<Vec<Value>>, String> {
    let Ok(numbers) = text.split(':').map(str::parse::<f64>).collect::<Result<Vec<_>, _>>() else {
        return Ok(None);
    };
    let [from, to, step] = numbers[..] else {
        return if numbers.len() == 2 { Err(no_step(text)) } else { Ok(None) };
    };
    // A step may miss the end by what sums of decimal fractions are off.
    let steps = ((to - from) / step + 1e-9).floor();
    if !(steps >= 0.0 && steps < MOST_RUNS as f64) {
        return Err(format!(
            "`{text}` must lead from {from} to {to} in steps towards it, {MOST_RUNS} values at most"
        ));
    }
    let scale = from.abs().max(to.abs());
    let values = (0..=steps as u32).map(|i| {
        let mut value = json!(decimal(from + f64::from(i) * step, scale));
        whole(&mut value);
        value
    });
    Ok(Some(values.collect()))
}

fn no_step(text: &str) -> String {
    format!("the range `{text}` must have a step: FROM:TO:STEP")
}

/// The number that a person means: 0.1 + 2 · 0.1 is 0.3, and 0.3 − 3 · 0.1 is 0.
fn decimal(value: f64, scale: f64) -> f64 {
    if value.abs() < 1e-12 * scale {
        return 0.0;
    }
    format!("{value:.12e}").parse().unwrap_or(value)
}

/// The parts between commas that stand in no list, object or text.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// A value: JSON, or a bare word.
fn value(text: &str) -> Result<Value, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("a value is missing".to_owned());
    }
    match serde_json::from_str(text) {
        Ok(value) => Ok(value),
        Err(error) if text.starts_with(['[', '{', '"']) => {
            Err(format!("`{text}` is no JSON: {error}"))
        }
        Err(_) => Ok(Value::String(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Value {
        let field: SweepField = format!("a.b={text}").parse().unwrap();
        assert_eq!(field.name, "a.b");
        Value::Array(field.values)
    }

    #[test]
    fn lists_hold_json_or_words() {
        assert_eq!(values("0,0.5,1"), json!([0, 0.5, 1]));
        assert_eq!(values("all, every_other"), json!(["all", "every_other"]));
        assert_eq!(values("true,null,\"1\""), json!([true, null, "1"]));
        assert_eq!(values("[64,64],[32]"), json!([[64, 64], [32]]));
        assert_eq!(values(r#"{"a": [1, 2]},"b,\"c""#), json!([{"a": [1, 2]}, "b,\"c"]));
        assert_eq!(values("a:b:c"), json!(["a:b:c"]));
    }

    #[test]
    fn ranges_hold_both_ends_and_plain_decimals() {
        assert_eq!(values("4:12:4"), json!([4, 8, 12]));
        assert_eq!(values("0:0.3:0.1"), json!([0, 0.1, 0.2, 0.3]));
        assert_eq!(values("0.3:-0.1:-0.1"), json!([0.3, 0.2, 0.1, 0, -0.1]));
        assert_eq!(values("0:1:0.4"), json!([0, 0.4, 0.8]));
        assert_eq!(values("2:2:1"), json!([2]));
        assert_eq!(values("1e-4:3e-4:1e-4"), json!([0.0001, 0.0002, 0.0003]));
    }

    #[test]
    fn what_is_no_list_and_no_range_is_refused() {
        for (text, hint) in [
            ("market.k", "NAME=VALUE"),
            ("=1", "NAME=VALUE"),
            ("a=", "missing"),
            ("a=1,,2", "missing"),
            ("a=[1", "no JSON"),
            ("a=0:1", "FROM:TO:STEP"),
            ("a=0:1:0", "10000 values"),
            ("a=0:1:-0.1", "towards"),
            ("a=0:1:1e-9", "10000 values"),
            ("a=0:nan:1", "towards"),
        ] {
            let message = text.parse::<SweepField>().unwrap_err();
            assert!(message.contains(hint), "{text}: {message}");
        }
    }
}
