//! Measured data from package registries: fetched, checked, brought into a form that the page and
//! the native command read, and listed for the page.

mod building;
mod citylearn;
mod fetch;
mod list;

use std::path::Path;

pub use list::ensure;

use crate::dirs::Dirs;
use crate::error::Result;
use crate::report::{note, size, step};

/// Where sets lie, from the repository's root. Their size and licences keep them out of it.
pub const SETS: &str = "data/sets";

/// Fetches the homes of the CityLearn Challenge 2022; `wheel` is the package where it is at hand.
///
/// # Errors
/// If the package cannot be had, is not the one expected, or the set cannot be written.
pub fn citylearn(dirs: &Dirs, wheel: Option<&Path>) -> Result<()> {
    let why = "22.7 MB from the Python package index; nothing of it is installed or run.";
    let wheel = step("Get the wheel of citylearn 2.1.2", why, || match wheel {
        Some(path) => fetch::checked(path, &citylearn::WHEEL).map(|()| path.to_path_buf()),
        None => fetch::wheel(dirs, &citylearn::WHEEL),
    })?;
    let folder = dirs.root.join(SETS);
    let about = "Homes in California, a year of hours, from watts per kW and kWh to kW.";
    step("Write the set citylearn-2022", about, || {
        let set = citylearn::convert(&mut fetch::files(&wheel)?)?;
        for left_out in &set.about.left_out {
            note(&format!("left out {}: {}", left_out.home, left_out.reason));
        }
        list::write(&folder, &set)?;
        note(&format!(
            "{}: {} homes, {} days, {}",
            folder.join(&set.about.file).display(),
            set.about.homes,
            set.about.days,
            size(set.csv.len() as u64)
        ));
        note(&format!("Licence: {}", set.about.licence));
        Ok(())
    })?;
    println!("\nThe page lists it under Data; natively: --data {SETS}/citylearn-2022.csv");
    Ok(())
}
