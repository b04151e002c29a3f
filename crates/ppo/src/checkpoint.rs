//! A policy as bytes: safetensors, with whatever text the caller wants to keep beside it.

use std::collections::BTreeMap;

use crate::normalise::{ObservationNormaliser, ReturnNormaliser, RunningMoments};
use crate::safetensors::{Contents, Stored, Values, read, unusable, write};
use crate::weights::{NetworkShape, Weights};
use crate::{Policy, PpoError};

/// The metadata key of the networks' shape.
const SHAPE: &str = "peergrid.network";
const OBSERVATIONS: &str = "normaliser.observations";
const RETURNS: &str = "normaliser.returns";

impl Policy {
    /// The policy as a safetensors file: weights as `[inputs, outputs]` in single precision, the
    /// normalisers' moments in double, and `metadata` (for instance the experiment's
    /// specification) in the header. The same policy and metadata give the same bytes.
    ///
    /// # Errors
    /// [`PpoError::Checkpoint`] if the metadata uses the reserved key `peergrid.network`.
    pub fn to_bytes(&self, metadata: &BTreeMap<String, String>) -> Result<Vec<u8>, PpoError> {
        let mut contents = Contents { metadata: metadata.clone(), ..Contents::default() };
        let shape =
            serde_json::to_string(self.shape()).map_err(|error| unusable(error.to_string()))?;
        if contents.metadata.insert(SHAPE.to_owned(), shape).is_some() {
            return Err(unusable(format!("its metadata uses the reserved key `{SHAPE}`")));
        }
        for ((name, shape), values) in self.shape().tensors().into_iter().zip(&self.weights().0) {
            let values = Values::F32(values.clone());
            contents.tensors.insert(name, Stored { shape, values });
        }
        if let Some(normaliser) = &self.observations {
            put_moments(&mut contents, OBSERVATIONS, normaliser.moments());
        }
        if let Some(normaliser) = &self.returns {
            put_moments(&mut contents, RETURNS, &normaliser.moments);
        }
        write(&contents)
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote: the policy and the metadata.
    ///
    /// # Errors
    /// [`PpoError::Checkpoint`], saying what is missing or wrong, if the bytes are cut short, are
    /// no safetensors file, are not a policy's, or hold numbers that are not finite.
    pub fn from_bytes(bytes: &[u8]) -> Result<(Self, BTreeMap<String, String>), PpoError> {
        let mut contents = read(bytes)?;
        let shape = contents
            .metadata
            .remove(SHAPE)
            .ok_or_else(|| unusable(format!("its metadata lacks `{SHAPE}`")))?;
        let shape: NetworkShape = serde_json::from_str(&shape)
            .map_err(|error| unusable(format!("its metadata `{SHAPE}` is not valid ({error})")))?;
        let sizes = [shape.observation_size, shape.action_size];
        if sizes.iter().chain(&shape.hidden).any(|&size| size == 0) {
            return Err(unusable("its networks have a layer of size 0"));
        }
        let weights = take_weights(&mut contents, &shape)?;
        let observations = take_moments(&mut contents, OBSERVATIONS, shape.observation_size)?
            .map(ObservationNormaliser::new);
        let returns =
            take_moments(&mut contents, RETURNS, 1)?.map(|moments| ReturnNormaliser { moments });
        Ok((Self::from_parts(shape, weights, observations, returns), contents.metadata))
    }
}

fn take_weights(contents: &mut Contents, shape: &NetworkShape) -> Result<Weights, PpoError> {
    let mut tensors = Vec::new();
    for (name, expected) in shape.tensors() {
        match contents.tensors.remove(&name) {
            Some(Stored { shape, values: Values::F32(values) }) if shape == expected => {
                tensors.push(values);
            }
            Some(_) => {
                let reason = format!("its tensor `{name}` is not F32 of shape {expected:?}");
                return Err(unusable(reason));
            }
            None => return Err(unusable(format!("it lacks the tensor `{name}`"))),
        }
    }
    let weights = Weights(tensors);
    if weights.all_finite() {
        Ok(weights)
    } else {
        Err(unusable("some of its weights are not finite numbers"))
    }
}

fn put_moments(contents: &mut Contents, name: &str, moments: &RunningMoments) {
    let columns = [
        ("count", vec![moments.count]),
        ("mean", moments.mean.clone()),
        ("variance", moments.variance.clone()),
    ];
    for (part, values) in columns {
        let stored = Stored { shape: vec![values.len()], values: Values::F64(values) };
        contents.tensors.insert(format!("{name}.{part}"), stored);
    }
}

/// The moments stored under `name`, none if none of their parts is there.
fn take_moments(
    contents: &mut Contents,
    name: &str,
    columns: usize,
) -> Result<Option<RunningMoments>, PpoError> {
    let parts = [("count", 1), ("mean", columns), ("variance", columns)];
    if !parts.iter().any(|(part, _)| contents.tensors.contains_key(&format!("{name}.{part}"))) {
        return Ok(None);
    }
    let mut take = |(part, length): (&str, usize)| {
        let key = format!("{name}.{part}");
        match contents.tensors.remove(&key).map(|stored| stored.values) {
            Some(Values::F64(values))
                if values.len() == length && values.iter().all(|&v| v.is_finite()) =>
            {
                Ok(values)
            }
            _ => Err(unusable(format!("its tensor `{key}` is not {length} finite F64 numbers"))),
        }
    };
    let [count, mean, variance] = [take(parts[0])?, take(parts[1])?, take(parts[2])?];
    if count[0] < 0.0 || variance.iter().any(|&v| v < 0.0) {
        return Err(unusable(format!("`{name}` has a negative count or variance")));
    }
    Ok(Some(RunningMoments { count: count[0], mean, variance }))
}
