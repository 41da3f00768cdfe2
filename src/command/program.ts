import { parseArgs } from "node:util";
import { nearestName } from "../core/known-options.js";
import { ACL_HELP, runAcl } from "./acl.js";
import { asCommandError, CommandError } from "./errors.js";
import { KEY_HELP, runKey } from "./key.js";
import { LOAD_HELP, runLoad } from "./load.js";
import { packageVersion } from "./package.js";
import { REPORT_HELP, runReport } from "./report.js";
import { print, printError } from "./terminal.js";

const HELP = `Usage: moonpath <command> [options]

Commands for running servers. The code generator is moonpath-codegen.

Commands:
  acl            print the ACL file with the users of Redis for your namespace
  key            print a key of the keyspace, its slot, and the node that has the slot
  load           load the generated scripts on every node of a cluster, or on a primary and its replicas
  report         print what the caches of all processes do, and what to change

Options:
  -V, --version  show the version
  -h, --help     show this text; moonpath load --help shows the options of a command

Example:
  $ moonpath load --redis redis://localhost:6379`;

const OWN_COMMANDS = ["acl", "key", "load", "report"];

/** The commands of `moonpath-codegen`. The error for these names points to it. */
const CODEGEN_COMMANDS = new Set(["generate", "check", "verify", "diff", "lock", "format"]);

/** Runs the command line and returns the exit code: 0 success, 1 failure, 2 usage error. */
export async function runProgram(args: readonly string[]): Promise<0 | 1 | 2> {
  try {
    await run(args);
    return 0;
  } catch (error) {
    const commandError = asCommandError(error);
    if (commandError === undefined) throw error;
    printError(commandError.message);
    return commandError.exitCode;
  }
}

async function run([command, ...rest]: readonly string[]): Promise<void> {
  switch (command) {
    case "acl":
      return await acl(rest);
    case "key":
      return await key(rest);
    case "load":
      return await load(rest);
    case "report":
      return await report(rest);
    case "-V":
    case "--version":
      return print(packageVersion());
    case undefined:
      throw new CommandError(`name a command\n\n${HELP}`, 2);
    case "-h":
    case "--help":
    case "help":
      return print(HELP);
    default:
      throw new CommandError(unknownCommand(command), 2);
  }
}

function unknownCommand(command: string): string {
  if (CODEGEN_COMMANDS.has(command))
    return `moonpath has no command '${command}'; run moonpath-codegen ${command}`;
  const nearest = nearestName(command, [...OWN_COMMANDS, ...CODEGEN_COMMANDS]);
  const isSimilar = nearest !== undefined && nearest.distance <= nearest.name.length / 2;
  const program = isSimilar && CODEGEN_COMMANDS.has(nearest.name) ? "moonpath-codegen" : "moonpath";
  const hint = isSimilar ? `; the nearest is ${program} ${nearest.name}` : "";
  return `moonpath has no command '${command}'${hint}\n\n${HELP}`;
}

async function acl(args: readonly string[]): Promise<void> {
  const { help, ...options } = readAclOptions(args);
  if (help === true) return print(ACL_HELP);
  await runAcl(options);
}

async function load(args: readonly string[]): Promise<void> {
  const { help, ...options } = readOptions(args);
  if (help === true) return print(LOAD_HELP);
  await runLoad(options);
}

async function report(args: readonly string[]): Promise<void> {
  const { help, ...options } = readReportOptions(args);
  if (help === true) return print(REPORT_HELP);
  await runReport(options);
}

async function key(args: readonly string[]): Promise<void> {
  const { help, words, ...options } = readKeyOptions(args);
  if (help === true) return print(KEY_HELP);
  await runKey(words, options);
}

function readAclOptions(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { namespace: { type: "string" }, help: { type: "boolean", short: "h" } },
    }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new CommandError(`${error.message}\n\n${ACL_HELP}`, 2);
  }
}

function readReportOptions(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        redis: { type: "string" },
        namespace: { type: "string" },
        keys: { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new CommandError(`${error.message}\n\n${REPORT_HELP}`, 2);
  }
}

const keyOptions = {
  namespace: { type: "string" },
  redis: { type: "string" },
  model: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

function readKeyOptions(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: keyOptions,
    });
    return { ...values, words: positionals };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const field = fieldWithDashes(args);
    const message = field === undefined ? error.message : `fields have no dashes: write ${field}`;
    throw new CommandError(`${message}\n\n${KEY_HELP}`, 2);
  }
}

/** The first field that is written as an option, such as `--tenant acme`, as it must be written. */
function fieldWithDashes(args: readonly string[]): string | undefined {
  for (const [index, arg] of args.entries()) {
    const [, name = "", inline] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
    const nearest = nearestName(name, Object.keys(keyOptions));
    if (name === "" || (nearest !== undefined && nearest.distance <= 2)) continue;
    const next = args[index + 1];
    const value = inline ?? (next === undefined || /^-|=/.test(next) ? undefined : next);
    if (value !== undefined) return `${name}=${value}`;
  }
  return undefined;
}

function readOptions(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        redis: { type: "string" },
        scripts: { type: "string" },
        follow: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new CommandError(`${error.message}\n\n${LOAD_HELP}`, 2);
  }
}
