//! Where the learner computes.

use burn::tensor::Device;

/// The device that trains the networks. Acting is always on the CPU.
#[derive(Debug, Clone, Default)]
pub enum Compute {
    /// Burn's CPU backend.
    #[default]
    Cpu,
    /// A WebGPU device; worth it from minibatches of some 1,500 rows on.
    WebGpu(Device),
}

impl Compute {
    pub(crate) fn device(&self) -> Device {
        match self {
            Self::Cpu => Device::flex(),
            Self::WebGpu(device) => device.clone(),
        }
    }
}

/// The WebGPU device, set up on the first call; later calls give the same one.
///
/// # Errors
/// [`PpoError::Device`](crate::PpoError::Device) if there is no adapter, or it cannot be used.
#[cfg(feature = "webgpu")]
pub async fn webgpu() -> Result<Compute, crate::PpoError> {
    static DEVICE: std::sync::OnceLock<Device> = std::sync::OnceLock::new();
    if let Some(device) = DEVICE.get() {
        return Ok(Compute::WebGpu(device.clone()));
    }
    let device = Device::wgpu_options().init_async().await;
    let device = device.map_err(|error| crate::PpoError::Device { reason: error.to_string() })?;
    Ok(Compute::WebGpu(DEVICE.get_or_init(|| device).clone()))
}
