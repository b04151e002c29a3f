//! What an engine holds between calls, in plain Rust.

use peergrid_data::{Format, Neighbourhood, QualityReport, Reader};
use peergrid_lab::{DataSpec, LabError, Setting, Spec};

/// A file that was read.
pub(crate) struct LoadedFile {
    pub(crate) name: String,
    pub(crate) data: Neighbourhood,
    #[cfg_attr(not(feature = "street"), expect(dead_code, reason = "the street's page shows it"))]
    pub(crate) quality: QualityReport,
}

/// One setting, and what an engine makes of it.
pub struct Session {
    pub(crate) setting: Setting,
    pub(crate) file: Option<LoadedFile>,
    reader: Option<(String, Reader)>,
    #[cfg(feature = "street")]
    pub(crate) evaluation: crate::evaluation::Evaluation,
    #[cfg(feature = "street")]
    pub(crate) tariffs: Vec<crate::menus::NamedTariff>,
    #[cfg(feature = "learner")]
    pub(crate) agent: crate::learning::Agent,
}

impl Session {
    /// A session on the default specification.
    pub fn new() -> Result<Self, LabError> {
        let spec = Spec::default();
        let data = spec.data.without_file()?;
        Ok(Self {
            setting: Setting::new(spec, data)?,
            file: None,
            reader: None,
            #[cfg(feature = "street")]
            evaluation: crate::evaluation::Evaluation::default(),
            #[cfg(feature = "street")]
            tariffs: crate::menus::tariffs().map_err(peergrid_env::EnvError::from)?,
            #[cfg(feature = "learner")]
            agent: crate::learning::Agent::default(),
        })
    }

    /// Makes `spec` the setting and drops the agent.
    pub fn configure(&mut self, spec: Spec) -> Result<(), LabError> {
        let data = self.data_for(&spec)?;
        self.adopt(Setting::new(spec, data)?);
        Ok(())
    }

    pub(crate) fn data_for(&self, spec: &Spec) -> Result<Neighbourhood, LabError> {
        match (&spec.data, &self.file) {
            (DataSpec::File(wanted), Some(file)) if same_file(&wanted.path, &file.name) => {
                Ok(file.data.clone())
            }
            (data, _) => data.without_file(),
        }
    }

    pub(crate) fn adopt(&mut self, setting: Setting) {
        self.setting = setting;
        #[cfg(feature = "street")]
        self.evaluation.forget();
        #[cfg(feature = "learner")]
        self.agent.forget();
    }

    /// The first day of a held-out episode.
    pub(crate) fn held_out_day(&self, index: usize) -> Result<usize, LabError> {
        let held_out = &self.setting.held_out;
        held_out.get(index).copied().ok_or_else(|| {
            let message = format!("there is no held-out day {index}; there are {}", held_out.len());
            LabError::Missing(message)
        })
    }

    /// Starts reading a file.
    pub fn open_data(&mut self, name: &str) {
        self.reader = Some((name.to_owned(), Reader::new(name, Format::Auto)));
    }

    /// Reads on; a broken file is closed.
    pub fn push_data(&mut self, chunk: &[u8]) -> Result<usize, LabError> {
        let (_, reader) = self.reader.as_mut().ok_or_else(no_file)?;
        let rows = reader.push(chunk).map(|()| reader.rows());
        if rows.is_err() {
            self.reader = None;
        }
        Ok(rows?)
    }

    /// The file that was being read, once all of it is there.
    pub(crate) fn take_file(&mut self) -> Result<LoadedFile, LabError> {
        let (name, reader) = self.reader.take().ok_or_else(no_file)?;
        let (data, quality) = reader.finish()?;
        Ok(LoadedFile { name, data, quality })
    }

    /// Forgets the file that is being read.
    pub fn cancel_data(&mut self) {
        self.reader = None;
    }
}

/// Whether two paths name the same file, wherever it lies: a page never learns the folder.
pub(crate) fn same_file(a: &str, b: &str) -> bool {
    let name = |path: &str| path.rsplit(['/', '\\']).next().map(str::to_owned);
    name(a) == name(b)
}

fn no_file() -> LabError {
    LabError::Missing("no data file is being read".to_owned())
}
