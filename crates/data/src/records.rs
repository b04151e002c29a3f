//! CSV records from chunks of bytes, with true line numbers.
//!
//! csv-core finds the fields; this module keeps what lies between two chunks, takes a
//! byte order mark off the front even when it comes in pieces, and counts lines.

use crate::DataError;
use crate::error::quoted;

/// A longer record is taken for a quote left open: 1 MiB is 300 homes many times over.
const LONGEST: usize = 1 << 20;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What takes the records.
pub(crate) type Sink<'a> = dyn FnMut(&Record) -> Result<(), DataError> + 'a;

/// A record and where it starts.
pub(crate) struct Record<'a> {
    /// Line of its first byte, counted from 1.
    pub line: u64,
    data: &'a [u8],
    ends: &'a [usize],
}

impl<'a> Record<'a> {
    /// Number of fields.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// A field without the white space around it; `None` behind the last.
    pub fn get(&self, index: usize) -> Option<&'a [u8]> {
        let end = *self.ends.get(index)?;
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        Some(self.data[start..end].trim_ascii())
    }

    /// All fields.
    pub fn fields(&self) -> impl Iterator<Item = &'a [u8]> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// Whether no field holds anything, as the rows that spreadsheets leave behind.
    pub fn is_blank(&self) -> bool {
        self.fields().all(<[u8]>::is_empty)
    }

    /// The error of a field that is not what its column asks for.
    pub fn unexpected(
        &self,
        file: &str,
        column: &str,
        index: usize,
        expected: &'static str,
    ) -> DataError {
        DataError::Value {
            file: file.to_owned(),
            line: self.line,
            column: column.to_owned(),
            found: quoted(self.get(index).unwrap_or_default()),
            expected,
        }
    }
}

/// Cuts chunks into records.
pub(crate) struct Records {
    core: csv_core::Reader,
    /// The first bytes, as long as they may be a byte order mark.
    head: Option<Vec<u8>>,
    data: Vec<u8>,
    data_len: usize,
    ends: Vec<usize>,
    ends_len: usize,
    /// Line of the next byte.
    line: u64,
    /// Line of the record under way.
    start: Option<u64>,
}

impl Records {
    pub fn new() -> Self {
        Self {
            core: csv_core::Reader::new(),
            head: Some(Vec::new()),
            data: vec![0; 4096],
            data_len: 0,
            ends: vec![0; 256],
            ends_len: 0,
            line: 1,
            start: None,
        }
    }

    /// Takes a chunk; `sink` gets every record that ends in it.
    pub fn push(&mut self, file: &str, chunk: &[u8], sink: &mut Sink) -> Result<(), DataError> {
        let Some(mut head) = self.head.take() else {
            return self.cut(file, chunk, sink);
        };
        let wanted = BYTE_ORDER_MARK.len() - head.len();
        let (first, rest) = chunk.split_at(wanted.min(chunk.len()));
        head.extend_from_slice(first);
        if head.len() < BYTE_ORDER_MARK.len() {
            self.head = Some(head);
            return Ok(());
        }
        if head != BYTE_ORDER_MARK {
            self.cut(file, &head, sink)?;
        }
        self.cut(file, rest, sink)
    }

    /// Ends the input; `sink` gets the last record where no line end closed it.
    pub fn finish(&mut self, file: &str, sink: &mut Sink) -> Result<(), DataError> {
        if let Some(head) = self.head.take() {
            self.cut(file, &head, sink)?;
        }
        while self.start.is_some() {
            self.advance(file, &[], sink)?;
        }
        Ok(())
    }

    fn cut(&mut self, file: &str, mut input: &[u8], sink: &mut Sink) -> Result<(), DataError> {
        while !input.is_empty() {
            if self.start.is_none() {
                // csv-core would skip these, too, but not say on which line it stopped.
                let ends = input.iter().take_while(|&&byte| byte == b'\n' || byte == b'\r');
                let (skipped, rest) = input.split_at(ends.count());
                self.line += newlines(skipped);
                input = rest;
                if input.is_empty() {
                    break;
                }
                self.start = Some(self.line);
            }
            let taken = self.advance(file, input, sink)?;
            self.line += newlines(&input[..taken]);
            input = &input[taken..];
        }
        Ok(())
    }

    /// One step of csv-core; returns the bytes it took.
    fn advance(&mut self, file: &str, input: &[u8], sink: &mut Sink) -> Result<usize, DataError> {
        use csv_core::ReadRecordResult as Step;
        let data = &mut self.data[self.data_len..];
        let ends = &mut self.ends[self.ends_len..];
        let (step, taken, data_len, ends_len) = self.core.read_record(input, data, ends);
        self.data_len += data_len;
        self.ends_len += ends_len;
        match step {
            Step::InputEmpty => {}
            Step::OutputFull | Step::OutputEndsFull if self.data.len() >= LONGEST => {
                let line = self.start.unwrap_or(self.line);
                return Err(DataError::EndlessRow { file: file.to_owned(), line });
            }
            Step::OutputFull => self.data.resize(2 * self.data.len(), 0),
            Step::OutputEndsFull => {
                self.ends.resize(2 * self.ends.len(), 0);
                // Empty fields take no data; growing both bounds both.
                self.data.resize(2 * self.data.len(), 0);
            }
            Step::Record => {
                let line = self.start.take().unwrap_or(self.line);
                let (data, ends) = (&self.data[..self.data_len], &self.ends[..self.ends_len]);
                (self.data_len, self.ends_len) = (0, 0);
                sink(&Record { line, data, ends })?;
            }
            Step::End => self.start = None,
        }
        Ok(taken)
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().map(|&byte| u64::from(byte == b'\n')).sum()
}
