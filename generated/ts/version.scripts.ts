// Generated from lua/version/ by moonpath-codegen. DO NOT EDIT.
import { type VersionBeginWriteOperation, versionBeginWrite } from "./version/begin_write.js";
import { type VersionBumpOperation, versionBump } from "./version/bump.js";
import { type VersionEndWriteOperation, versionEndWrite } from "./version/end_write.js";
import { type VersionReadOperation, versionRead } from "./version/read.js";

export * from "./version/begin_write.js";
export * from "./version/bump.js";
export * from "./version/end_write.js";
export * from "./version/read.js";

/** The scripts of `version` as functions. */
export interface VersionOperations
  extends VersionBeginWriteOperation,
    VersionBumpOperation,
    VersionEndWriteOperation,
    VersionReadOperation {}

/** Every script of `version`, as a client takes them: `{ version: versionScripts }`. */
export const versionScripts = {
  beginWrite: versionBeginWrite,
  bump: versionBump,
  endWrite: versionEndWrite,
  read: versionRead,
};
