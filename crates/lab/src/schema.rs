//! The JSON schema of a specification, made from the types that read it: descriptions are their
//! documentation, defaults their own, ranges those that [`Spec::validate`] checks.

use peergrid_env::Tariff;
use schemars::{
    JsonSchema, Schema, SchemaGenerator,
    generate::SchemaSettings,
    json_schema,
    transform::{Transform, transform_subschemas},
};
use serde_json::Value;

use crate::Spec;

/// The schema of [`Spec`], JSON Schema draft 2020-12.
///
/// What relates two fields (a band's two ends, a tariff's prices) is checked by the command alone.
pub fn specification() -> Value {
    titled::<Spec>("Peergrid specification")
}

/// The schema of a sweep's plan, [`SweepPlan`](crate::sweep::SweepPlan), in the same draft.
///
/// Which fields there are to sweep, and what they can be, is the specification's schema.
#[cfg(feature = "study")]
pub fn sweep() -> Value {
    titled::<crate::sweep::SweepPlan>("Peergrid sweep")
}

fn titled<T: JsonSchema>(title: &str) -> Value {
    let settings = SchemaSettings::draft2020_12().with_transform(PlainText);
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}

/// A tariff: the name of one that ships, or one's own.
pub(crate) fn tariff(generator: &mut SchemaGenerator) -> Schema {
    let names: Vec<_> = Tariff::shipped().iter().map(|shipped| shipped.id).collect();
    let own = generator.subschema_for::<Tariff>();
    let named = json_schema!({
        "description": "A tariff that ships, by its name.",
        "type": "string",
        "enum": names,
    });
    json_schema!({ "anyOf": [named, own] })
}

/// Takes line ends and links, which only the code's documentation has, out of descriptions.
#[derive(Clone)]
struct PlainText;

impl Transform for PlainText {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(Value::String(text)) = schema.get_mut("description") {
            *text = plain(text);
        }
        transform_subschemas(self, schema);
    }
}

fn plain(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(|paragraph| paragraph.replace('\n', " "));
    let text = paragraphs.collect::<Vec<_>>().join("\n\n");
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, name, after)) = link(rest) {
        out.push_str(before);
        out.push_str(name);
        rest = after;
    }
    out + rest
}

/// The first link, "[`name`]" or "[`name`](target)": what is before it, its name with the back
/// quotes, what is after it.
fn link(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find("[`")?;
    let end = start + text[start..].find("`]")?;
    let after = &text[end + 2..];
    let target = after.strip_prefix('(').and_then(|target| target.split_once(')'));
    let after = target.map_or(after, |(_, after)| after);
    Some((&text[..start], &text[start + 1..=end], after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_lose_their_links() {
        let text = "See [`a`](crate::a) and\n[`b`], not [c].\n\nMore.";
        assert_eq!(plain(text), "See `a` and `b`, not [c].\n\nMore.");
    }
}
