//! What tests of commands that read one document share.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

/// Runs `peergrid COMMAND - ARGS` with `document` on its standard input.
pub fn piped(command: &str, document: &str, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_peergrid"))
        .args([command, "-"])
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    command.stdin.take().unwrap().write_all(document.as_bytes()).unwrap();
    command.wait_with_output().unwrap()
}
