//! Fields of a document by their dotted names: `reward.weights.grid`, `feeder.lines[0].length_m`.

use serde_json::{Map, Value};

/// The steps of a name from the document down to the field.
fn steps(name: &str) -> impl Iterator<Item = &str> {
    name.split(['.', '[']).map(|step| step.trim_end_matches(']'))
}

/// Gives the field called `name` a value. What is null on the way there becomes an object, so that
/// fields of a part that is left out can be set; names that no object has are added to it.
///
/// # Errors
/// In words, where the way ends in a number, a text or beyond a list.
pub fn set(document: &mut Value, name: &str, value: Value) -> Result<(), String> {
    let mut place = document;
    let mut way = String::new();
    for step in steps(name) {
        if place.is_null() {
            *place = Value::Object(Map::new());
        }
        place = match place {
            Value::Object(fields) => fields.entry(step).or_insert(Value::Null),
            Value::Array(values) => {
                let length = values.len();
                let within = step.parse::<usize>().ok().and_then(|index| values.get_mut(index));
                within.ok_or_else(|| {
                    format!("`{way}` is a list of {length}, which has no element `{step}`")
                })?
            }
            other => return Err(format!("`{way}` is {other}, which has no field `{step}`")),
        };
        if !way.is_empty() {
            way.push('.');
        }
        way.push_str(step);
    }
    *place = value;
    Ok(())
}

/// Whether one of two names is the other's, or lies within it.
pub fn overlap(a: &str, b: &str) -> bool {
    steps(a).zip(steps(b)).all(|(a, b)| a == b)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_set_by_name() {
        let mut document = json!({"a": {"b": 1}, "list": [{"c": 2}, {"c": 3}], "none": null});
        for (name, value) in [("a.b", 4), ("list[1].c", 5), ("none.d", 6), ("e", 7)] {
            set(&mut document, name, value.into()).unwrap();
        }
        let expected =
            json!({"a": {"b": 4}, "list": [{"c": 2}, {"c": 5}], "none": {"d": 6}, "e": 7});
        assert_eq!(document, expected);
        for (name, hint) in [("a.b.c", "`a.b` is 4"), ("list[2]", "a list of 2"), ("list.x", "`x`")]
        {
            let message = set(&mut document, name, 1.into()).unwrap_err();
            assert!(message.contains(hint), "{message}");
        }
    }

    #[test]
    fn a_field_overlaps_what_it_is_part_of() {
        assert!(overlap("tariff", "tariff.base") && overlap("a.b", "a.b"));
        assert!(!overlap("market.k", "market.k_factor") && !overlap("a.b", "a.c"));
    }
}
