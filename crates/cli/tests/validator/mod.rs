//! As much of JSON Schema (draft 2020-12) as the specification's schema uses; it stops at a
//! keyword that it does not know.

use jiff::civil::Date;
use serde_json::Value;

/// What is wrong with a document by a schema.
pub fn complaints(schema: &Value, document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    Validator { root: schema }.check(schema, document, "", &mut found);
    found
}

/// A schema, or the one that it refers to.
pub fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let target = schema.get("$ref").and_then(Value::as_str);
    target.map_or(schema, |target| root.pointer(target.trim_start_matches('#')).unwrap())
}

struct Validator<'a> {
    root: &'a Value,
}

impl Validator<'_> {
    fn check(&self, schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
        let Some(keywords) = schema.as_object() else {
            if schema == &Value::Bool(false) {
                found.push(format!("{path}: nothing may stand here"));
            }
            return;
        };
        for (keyword, operand) in keywords {
            let good = match keyword.as_str() {
                "$ref" => {
                    self.check(resolve(self.root, schema), value, path, found);
                    true
                }
                "anyOf" => self.fitting(operand, value) > 0,
                "oneOf" => self.fitting(operand, value) == 1,
                "properties" | "additionalProperties" | "items" => {
                    self.check_inside(schema, keyword, value, path, found);
                    true
                }
                other => holds(other, operand, value),
            };
            if !good {
                found.push(format!("{path} is {value}: {keyword} {operand}"));
            }
        }
    }

    /// How many of the schemas in a list the value fits.
    fn fitting(&self, list: &Value, value: &Value) -> usize {
        let fits = |schema: &&Value| {
            let mut found = Vec::new();
            self.check(schema, value, "", &mut found);
            found.is_empty()
        };
        list.as_array().unwrap().iter().filter(fits).count()
    }

    fn check_inside(
        &self,
        schema: &Value,
        keyword: &str,
        value: &Value,
        path: &str,
        found: &mut Vec<String>,
    ) {
        let inner = &schema[keyword];
        if let (Value::Array(items), "items") = (value, keyword) {
            let items = items.iter().enumerate();
            items.for_each(|(i, item)| self.check(inner, item, &format!("{path}/{i}"), found));
        }
        for (name, field) in value.as_object().into_iter().flatten() {
            let known = schema.get("properties").and_then(|properties| properties.get(name));
            let inner = match (keyword, known) {
                ("properties", Some(property)) => property,
                ("additionalProperties", None) => inner,
                _ => continue,
            };
            self.check(inner, field, &format!("{path}/{name}"), found);
        }
    }
}

/// Whether a value meets a keyword that looks at the value alone.
fn holds(keyword: &str, operand: &Value, value: &Value) -> bool {
    let bound = |holds: fn(f64, f64) -> bool| {
        value.as_f64().is_none_or(|number| holds(number, operand.as_f64().unwrap()))
    };
    match keyword {
        "$schema" | "$defs" | "title" | "description" | "default" => true,
        "type" => match operand {
            Value::Array(types) => types.iter().any(|one| is_a(one, value)),
            one => is_a(one, value),
        },
        "const" => value == operand,
        "enum" => operand.as_array().unwrap().contains(value),
        "minimum" => bound(|number, limit| number >= limit),
        "maximum" => bound(|number, limit| number <= limit),
        "exclusiveMinimum" => bound(|number, limit| number > limit),
        "exclusiveMaximum" => bound(|number, limit| number < limit),
        "required" => value.as_object().is_none_or(|fields| {
            operand
                .as_array()
                .unwrap()
                .iter()
                .all(|name| fields.contains_key(name.as_str().unwrap()))
        }),
        "minItems" => value.as_array().is_none_or(|v| v.len() as u64 >= operand.as_u64().unwrap()),
        "maxItems" => value.as_array().is_none_or(|v| v.len() as u64 <= operand.as_u64().unwrap()),
        "format" => match operand.as_str().unwrap() {
            "date" => value.as_str().is_none_or(|text| text.parse::<Date>().is_ok()),
            // The size of a number in memory.
            "double" | "float" | "int8" | "int16" | "uint" | "uint32" | "uint64" => true,
            other => panic!("the format {other} is not known"),
        },
        other => panic!("the keyword {other} is not known"),
    }
}

fn is_a(name: &Value, value: &Value) -> bool {
    match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        other => panic!("the type {other} is not known"),
    }
}
