//! Small JSON documents, and where in them something is wrong.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};

use crate::error::CliError;

/// A JSON file, kept as text so that a message can name a line.
pub struct Document {
    path: PathBuf,
    text: String,
}

impl Document {
    /// Reads a file; `-` is standard input.
    pub fn open(path: &Path) -> Result<Self, CliError> {
        let mut text = String::new();
        let read = if path == Path::new("-") {
            std::io::stdin().read_to_string(&mut text)
        } else {
            File::open(path).and_then(|mut file| file.read_to_string(&mut text))
        };
        read.map_err(|e| CliError::io(path, e))?;
        Ok(Self { path: path.to_owned(), text })
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the document holds; nothing may follow it.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, CliError> {
        let mut reader = serde_json::Deserializer::from_str(&self.text);
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|e| {
            // A document that ends or breaks before a field has no path.
            let field = e.path().to_string();
            let known = !field.contains('?') && field != ".";
            self.json_error(known.then_some(field), e.inner())
        })?;
        reader.end().map_err(|e| self.json_error(None, &e))?;
        Ok(value)
    }

    /// The error that `message` is true of `field`, such as `lines[3].length_m`, or of the whole
    /// document.
    ///
    /// Where the message itself ends with a line and a column, as those of serde do, that line counts.
    pub fn error(&self, field: Option<String>, message: String) -> CliError {
        if let Some((message, line)) = split_place(&message) {
            return self.at(Some(line), field, message.to_owned());
        }
        let line = field.as_deref().map(|field| {
            let offset = offset_of(&self.text, field);
            1 + self.text[..offset].matches('\n').count()
        });
        self.at(line, field, message)
    }

    fn json_error(&self, field: Option<String>, error: &serde_json::Error) -> CliError {
        let place = format!(" at line {} column {}", error.line(), error.column());
        let message = error.to_string().replace(&place, "");
        self.at(Some(error.line()), field, message)
    }

    fn at(&self, line: Option<usize>, field: Option<String>, message: String) -> CliError {
        let file = self.path.display().to_string();
        let line = line.map_or_else(String::new, |line| format!(", line {line}"));
        // Messages that name the field themselves need not have it named again.
        let field = field.filter(|field| !message.contains(field.as_str()));
        let field = field.map_or_else(String::new, |field| format!(", at `{field}`"));
        CliError::Document { place: format!("{file}{line}{field}"), message }
    }
}

/// A message that ends with " at line 3 column 5" without this end, and the line.
fn split_place(message: &str) -> Option<(&str, usize)> {
    let (message, place) = message.rsplit_once(" at line ")?;
    let (line, column) = place.split_once(" column ")?;
    column.parse::<usize>().ok()?;
    Some((message, line.parse().ok()?))
}

/// Where the value at `field` begins in a JSON text, or the innermost value around it that is
/// there.
fn offset_of(text: &str, field: &str) -> usize {
    let mut offset = skip(text, 0, &[]);
    for step in field.split(['.', '[']) {
        match child(text, offset, step.trim_end_matches(']')) {
            Some(inner) => offset = inner,
            None => break,
        }
    }
    offset
}

/// Where the element `step` (a key, or a number in an array) of the value at `offset` begins.
fn child(text: &str, offset: usize, step: &str) -> Option<usize> {
    let keyed = text[offset..].starts_with('{');
    let mut at = offset + 1;
    for index in 0.. {
        at = skip(text, at, b",");
        let name = if keyed {
            let (key, end) = value::<String>(text, at)?;
            at = skip(text, end, b":");
            key
        } else {
            index.to_string()
        };
        let (_, end) = value::<IgnoredAny>(text, at)?;
        if name == step {
            return Some(at);
        }
        at = end;
    }
    None
}

/// The first place from `at` on that holds neither white space nor one of `also`.
fn skip(text: &str, at: usize, also: &[u8]) -> usize {
    let rest = text.bytes().skip(at);
    at + rest.take_while(|byte| byte.is_ascii_whitespace() || also.contains(byte)).count()
}

/// The value that begins at `at`, and where it ends; `None` where there is none.
fn value<'a, T: Deserialize<'a>>(text: &'a str, at: usize) -> Option<(T, usize)> {
    let mut values = serde_json::Deserializer::from_str(text.get(at..)?).into_iter();
    let value = values.next()?.ok()?;
    Some((value, at + values.byte_offset()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "{\n \"a, b\": \"} \\\" {\",\n \"lines\": [\n  {\"to\": 1},\n  {\"to\": [2,\n   3]}]\n}\n";

    #[test]
    fn fields_are_found() {
        let at = |field: &str| 1 + TEXT[..offset_of(TEXT, field)].matches('\n').count();
        for (field, line) in [
            ("lines", 3),
            ("lines[0]", 4),
            ("lines[0].to", 4),
            ("lines[1].to", 5),
            ("lines[1].to[1]", 6),
            // What is not there: the value that should hold it.
            ("lines[1].from", 5),
            ("lines[7]", 3),
            ("loads[0]", 1),
        ] {
            assert_eq!(at(field), line, "{field}");
        }
    }

    #[test]
    fn messages_name_file_line_and_field() {
        let document = Document { path: "x.json".into(), text: TEXT.to_owned() };
        let error = document.error(Some("lines[1].to".to_owned()), "it is wrong".to_owned());
        assert_eq!(error.to_string(), "x.json, line 5, at `lines[1].to`: it is wrong");
        let error = document.error(Some("a".to_owned()), "no, at line 4 column 2".to_owned());
        assert_eq!(error.to_string(), "x.json, line 4, at `a`: no,");
        let error = document.error(None, "it is wrong".to_owned());
        assert_eq!(error.to_string(), "x.json: it is wrong");
        let error = document.parse::<Vec<f64>>().map_err(|e| e.to_string());
        assert_eq!(error, Err("x.json, line 1: invalid type: map, expected a sequence".to_owned()));
    }
}
