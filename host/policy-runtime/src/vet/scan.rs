//! One pass over the binary: counts what makes compiling slow, and lists the names at its border.
//!
//! The sizes that matter are not those of the file: 1,231 bytes that instantiate the component before
//! them twice, 22 times over, expand to four million instances. So the instances of a component are
//! added up when its definition ends, and whoever instantiates it adds that sum: linear in the file.

use wasmparser::{
    BinaryReaderError, ComponentAlias, ComponentExternalKind, ComponentInstance, ComponentOuterAliasKind,
    ComponentTypeRef, Instance, Parser, Payload,
};

use crate::error::LoadError;
use crate::settings::Limits;

/// Names at the border of a component.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) imports: Vec<String>,
    pub(super) exports: Vec<String>,
}

/// A definition that is being read: the component itself or one inside it.
#[derive(Default)]
struct Open {
    /// A module has no place among the components.
    is_module: bool,
    /// Instances that one of it makes.
    instances: u64,
    /// Its index space of components: the instances that each makes.
    components: Vec<u64>,
}

/// What was counted so far.
#[derive(Default)]
struct Scan {
    /// The definitions that are open, innermost last.
    open: Vec<Open>,
    functions: u64,
    code_bytes: u64,
    starts: u64,
    outline: Outline,
}

/// Reads `bytes` once, up to the first limit that is exceeded.
pub(super) fn scan(bytes: &[u8], limits: &Limits) -> Result<Outline, LoadError> {
    let mut scan = Scan { open: vec![Open::default()], ..Scan::default() };
    for payload in Parser::new(0).parse_all(bytes) {
        scan.note(payload.map_err(damaged)?)?;
        scan.check(limits)?;
    }
    Ok(scan.outline)
}

impl Scan {
    fn note(&mut self, payload: Payload<'_>) -> Result<(), LoadError> {
        match payload {
            Payload::ModuleSection { .. } => self.open.push(Open { is_module: true, ..Open::default() }),
            Payload::ComponentSection { .. } => self.open.push(Open::default()),
            Payload::End(_) => self.close(),
            Payload::CodeSectionStart { count, size, .. } => {
                self.functions += u64::from(count);
                self.code_bytes += u64::from(size);
            }
            Payload::StartSection { .. } | Payload::ComponentStartSection { .. } => self.starts += 1,
            Payload::InstanceSection(section) => {
                for instance in section {
                    if let Instance::Instantiate { .. } = instance.map_err(damaged)? {
                        self.add_instances(1);
                    }
                }
            }
            Payload::ComponentInstanceSection(section) => {
                for instance in section {
                    if let ComponentInstance::Instantiate { component_index, .. } = instance.map_err(damaged)? {
                        // An index that does not exist is left to the validation.
                        let inside = self.component(0, component_index).unwrap_or(0);
                        self.add_instances(inside.saturating_add(1));
                    }
                }
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section {
                    self.note_alias(&alias.map_err(damaged)?)?;
                }
            }
            Payload::ComponentImportSection(section) => {
                for import in section {
                    let import = import.map_err(damaged)?;
                    self.note_import(import.name.name, import.ty)?;
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    let export = export.map_err(damaged)?;
                    self.note_export(export.name.name, export.kind, export.index);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn note_import(&mut self, name: &str, ty: ComponentTypeRef) -> Result<(), LoadError> {
        if self.open.len() == 1 {
            self.outline.imports.push(name.to_owned());
        }
        match ty {
            ComponentTypeRef::Component(_) => Err(LoadError::Unfathomable { what: "imports a component" }),
            ComponentTypeRef::Module(_) => Err(LoadError::Unfathomable { what: "imports a module" }),
            _ => Ok(()),
        }
    }

    /// An export gives what it names a further index.
    fn note_export(&mut self, name: &str, kind: ComponentExternalKind, index: u32) {
        if self.open.len() == 1 {
            self.outline.exports.push(name.to_owned());
        }
        if kind == ComponentExternalKind::Component {
            let instances = self.component(0, index).unwrap_or(0);
            self.define(instances);
        }
    }

    fn note_alias(&mut self, alias: &ComponentAlias<'_>) -> Result<(), LoadError> {
        match alias {
            ComponentAlias::InstanceExport { kind: ComponentExternalKind::Component, .. } => {
                Err(LoadError::Unfathomable { what: "takes a component out of an instance" })
            }
            ComponentAlias::Outer { kind: ComponentOuterAliasKind::Component, count, index } => {
                let instances = self.component(*count, *index).unwrap_or(0);
                self.define(instances);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Ends the innermost definition. A component becomes one that its parent can instantiate.
    fn close(&mut self) {
        if let Some(closed) = self.open.pop()
            && !closed.is_module
        {
            self.define(closed.instances);
        }
    }

    /// Instances of the component `index`, as seen `out` definitions further out.
    fn component(&self, out: u32, index: u32) -> Option<u64> {
        let level = self.open.len().checked_sub(1 + out as usize)?;
        self.open.get(level)?.components.get(index as usize).copied()
    }

    fn define(&mut self, instances: u64) {
        if let Some(open) = self.open.last_mut() {
            open.components.push(instances);
        }
    }

    fn add_instances(&mut self, more: u64) {
        if let Some(open) = self.open.last_mut() {
            open.instances = open.instances.saturating_add(more);
        }
    }

    fn check(&self, limits: &Limits) -> Result<(), LoadError> {
        let instances = self.open.last().map_or(0, |open| open.instances);
        for (what, found, limit) in [
            ("functions", self.functions, limits.component_functions),
            ("bytes of code", self.code_bytes, limits.component_code_bytes),
            ("instances (expanded)", instances, limits.component_instances),
            ("start functions", self.starts, limits.component_starts),
        ] {
            if found > limit {
                return Err(LoadError::TooMany { what, found, limit });
            }
        }
        Ok(())
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn damaged(error: BinaryReaderError) -> LoadError {
    LoadError::Damaged { offset: error.offset() as u64, message: error.message().to_owned() }
}
