//! The safetensors format: an 8-byte length, a JSON header, then the numbers, little-endian.
//!
//! Written here rather than by a library because this is all it takes, and because the header is
//! then sorted: the same weights give the same bytes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::PpoError;

/// Where the header keeps what is not a tensor.
const METADATA: &str = "__metadata__";
const LENGTH_BYTES: usize = 8;

/// The numbers of a tensor in one of the two types in use.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Values {
    F32(Vec<f32>),
    F64(Vec<f64>),
}

/// A tensor: its shape and its numbers, row-major.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stored {
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Values,
}

/// What a file holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Contents {
    pub(crate) tensors: BTreeMap<String, Stored>,
    pub(crate) metadata: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
struct TensorInfo {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: (usize, usize),
}

#[derive(Serialize)]
#[serde(untagged)]
enum Entry<'a> {
    Metadata(&'a BTreeMap<String, String>),
    Tensor(TensorInfo),
}

pub(crate) fn write(contents: &Contents) -> Result<Vec<u8>, PpoError> {
    let mut header = BTreeMap::from([(METADATA, Entry::Metadata(&contents.metadata))]);
    let mut data = Vec::new();
    // Doubles first, so that everything is aligned to its own size.
    for doubles in [true, false] {
        for (name, tensor) in &contents.tensors {
            if matches!(tensor.values, Values::F64(_)) != doubles {
                continue;
            }
            let begin = data.len();
            let dtype = match &tensor.values {
                Values::F32(values) => {
                    data.extend(values.iter().flat_map(|value| value.to_le_bytes()));
                    "F32".to_owned()
                }
                Values::F64(values) => {
                    data.extend(values.iter().flat_map(|value| value.to_le_bytes()));
                    "F64".to_owned()
                }
            };
            let data_offsets = (begin, data.len());
            let info = TensorInfo { dtype, shape: tensor.shape.clone(), data_offsets };
            header.insert(name, Entry::Tensor(info));
        }
    }
    let mut json = serde_json::to_vec(&header).map_err(|error| unusable(error.to_string()))?;
    json.resize(json.len().next_multiple_of(LENGTH_BYTES), b' ');
    let mut bytes = (json.len() as u64).to_le_bytes().to_vec();
    bytes.extend(json);
    bytes.extend(data);
    Ok(bytes)
}

pub(crate) fn read(bytes: &[u8]) -> Result<Contents, PpoError> {
    let cut_short = || unusable("the file is cut short or is not in safetensors format");
    let (length, rest) = bytes.split_first_chunk::<LENGTH_BYTES>().ok_or_else(cut_short)?;
    let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| cut_short())?;
    let (header, data) = rest.split_at_checked(length).ok_or_else(cut_short)?;
    let header: BTreeMap<String, serde_json::Value> = serde_json::from_slice(header)
        .map_err(|error| unusable(format!("its header is not valid ({error})")))?;
    let mut contents = Contents::default();
    for (name, entry) in header {
        let invalid =
            |error| unusable(format!("its header's entry `{name}` is not valid ({error})"));
        if name == METADATA {
            contents.metadata = serde_json::from_value(entry).map_err(invalid)?;
        } else {
            let info: TensorInfo = serde_json::from_value(entry).map_err(invalid)?;
            let stored = tensor(&name, info, data)?;
            contents.tensors.insert(name, stored);
        }
    }
    Ok(contents)
}

fn tensor(name: &str, info: TensorInfo, data: &[u8]) -> Result<Stored, PpoError> {
    let (begin, end) = info.data_offsets;
    let bytes = data.get(begin..end).ok_or_else(|| {
        unusable(format!("tensor `{name}` lies outside the file, which may be cut short"))
    })?;
    let count = info.shape.iter().try_fold(1usize, |product, &n| product.checked_mul(n));
    let values = match info.dtype.as_str() {
        "F32" => Values::F32(numbers(bytes, f32::from_le_bytes)),
        "F64" => Values::F64(numbers(bytes, f64::from_le_bytes)),
        other => {
            return Err(unusable(format!("tensor `{name}` has the type {other}, not F32 or F64")));
        }
    };
    let size = if matches!(values, Values::F32(_)) { 4 } else { 8 };
    if count.and_then(|count| count.checked_mul(size)) != Some(bytes.len()) {
        return Err(unusable(format!("tensor `{name}` does not have the length its shape says")));
    }
    Ok(Stored { shape: info.shape, values })
}

fn numbers<T, const SIZE: usize>(bytes: &[u8], decode: fn([u8; SIZE]) -> T) -> Vec<T> {
    bytes.as_chunks::<SIZE>().0.iter().map(|&chunk| decode(chunk)).collect()
}

pub(crate) fn unusable(reason: impl Into<String>) -> PpoError {
    PpoError::Checkpoint { reason: reason.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Contents {
        let single = Stored { shape: vec![3], values: Values::F32(vec![1.0, -2.5, 3.25]) };
        let double = Stored { shape: vec![1, 2], values: Values::F64(vec![0.1, f64::MAX]) };
        let tensors = [("a.weight".to_owned(), single), ("b".to_owned(), double)];
        let metadata = [("spec".to_owned(), "{\"a\": \"ü\"}".to_owned())];
        Contents { tensors: tensors.into(), metadata: metadata.into() }
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(read(&write(&example()).unwrap()).unwrap(), example());
    }

    #[test]
    fn the_reference_implementation_reads_it() {
        let bytes = write(&example()).unwrap();
        let (_, header) = safetensors::SafeTensors::read_metadata(&bytes).unwrap();
        assert_eq!(header.metadata().as_ref().unwrap()["spec"], "{\"a\": \"ü\"}");
        let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let single = tensors.tensor("a.weight").unwrap();
        assert_eq!(single.dtype(), safetensors::Dtype::F32);
        assert_eq!(single.data(), [1f32, -2.5, 3.25].map(f32::to_le_bytes).as_flattened());
        assert_eq!(tensors.tensor("b").unwrap().shape(), [1, 2]);
    }

    #[test]
    fn every_truncation_is_an_error() {
        let bytes = write(&example()).unwrap();
        for length in 0..bytes.len() {
            let error = read(&bytes[..length]).unwrap_err().to_string();
            assert!(error.starts_with("This is not a usable checkpoint: "), "{length}: {error}");
        }
    }
}
