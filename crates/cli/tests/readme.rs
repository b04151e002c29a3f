//! The README's worked examples: every command in them prints what the README says.
//!
//! In the section "Worked examples", a block that starts with three backticks and `console` holds
//! lines `$ peergrid …`, each followed by all that it prints, up to the next such line or the
//! block's end. Commands run in the workspace's root, arguments are separated by spaces.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::{fs, path::Path, process::Command};

const PROMPT: &str = "$ peergrid ";

/// A command line and what it is said to print.
struct Example {
    /// Where it stands in the README, counted from 1.
    line: usize,
    arguments: String,
    expected: Vec<String>,
}

fn examples(readme: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let (mut in_section, mut in_console, mut in_other) = (false, false, false);
    for (index, line) in readme.lines().enumerate() {
        if in_console && line != "```" {
            if let Some(arguments) = line.strip_prefix(PROMPT) {
                let arguments = arguments.to_owned();
                examples.push(Example { line: index + 1, arguments, expected: Vec::new() });
            } else {
                let example = examples.last_mut();
                let Some(example) = example else {
                    panic!("README.md, line {}: output without a command", index + 1);
                };
                example.expected.push(line.to_owned());
            }
        } else if line.starts_with("```") {
            let opens = !in_console && !in_other;
            in_console = opens && in_section && line == "```console";
            in_other = opens && !in_console;
        } else if !in_other && line.starts_with("## ") {
            in_section = line == "## Worked examples";
        }
    }
    examples
}

#[test]
fn worked_examples_print_what_the_readme_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let examples = examples(&readme);
    assert!(!examples.is_empty(), "README.md has no worked examples");
    for Example { line, arguments, expected } in examples {
        let output = Command::new(env!("CARGO_BIN_EXE_peergrid"))
            .args(arguments.split_whitespace())
            .current_dir(&root)
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        let complaints = String::from_utf8(output.stderr).unwrap();
        // Bad input is an example too: then the message is what is printed.
        let printed = if output.status.success() { printed } else { printed + &complaints };
        let printed: Vec<&str> = printed.lines().collect();
        assert_eq!(
            printed,
            expected,
            "README.md, line {line}: `peergrid {arguments}` prints otherwise:\n{}\n{complaints}",
            printed.join("\n")
        );
    }
}

#[test]
fn examples_are_found_in_their_section_only() {
    let readme = "# T\n```console\n$ peergrid no\n```\n## Worked examples\n```text\n$ peergrid no\n\
                  ```\n```console\n$ peergrid a b\none\n\ntwo\n$ peergrid c\n```\nprose\n\
                  ## More\n```console\n$ peergrid no\n```\n";
    let found = examples(readme);
    let arguments: Vec<&str> = found.iter().map(|e| e.arguments.as_str()).collect();
    assert_eq!(arguments, ["a b", "c"]);
    assert_eq!(found[0].expected, ["one", "", "two"]);
    assert_eq!((found[0].line, found[1].expected.len()), (10, 0));
}
