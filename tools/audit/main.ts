/**
 * Checks the packages that are installed and shipped:
 *
 *     npm run audit
 *
 * The licence of every package that users install with Moonpath must be allowed. The registry's
 * signatures of all installed packages must be valid, if the registry has any. The exit code is 1
 * if a check fails.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { refusedPackages, shippedPackages } from "./licences.js";
import { auditSignatures } from "./signatures.js";

/** npm requests one small document for each package. */
const SIGNATURES_LIMIT_MS = 60_000;

const HELP = `Usage: npm run audit

Checks the licences of the packages that users install, and the registry's signatures of all installed packages.
The exit code is 1 if a check fails. It has no options.

Example: npm run audit
`;

const [option] = process.argv.slice(2);
if (option !== undefined) {
  if (option === "--help") process.stdout.write(HELP);
  else process.stderr.write(`error: unknown option ${option}\n\n${HELP}`);
  process.exit(option === "--help" ? 0 : 2);
}

const folder = fileURLToPath(new URL("../../", import.meta.url));
const shipped = shippedPackages(await readFile(new URL("../../package-lock.json", import.meta.url), "utf8"));
const refused = refusedPackages(shipped);
for (const { name, version, licence } of shipped) console.log(`${licence.padEnd(12)} ${name} ${version}`);
for (const { name, version, licence } of refused) {
  console.error(`${name} ${version}: the licence ${licence} is not allowed; see tools/audit/licences.ts`);
}

const signatures = await auditSignatures(folder, SIGNATURES_LIMIT_MS);
switch (signatures.outcome) {
  case "verified":
    console.log(`signatures: ${signatures.told}`);
    break;
  case "unanswered":
    console.log(`signatures: not verified, because no registry answers here: ${signatures.told}`);
    break;
  case "invalid":
    console.error(`signatures: invalid or missing\n${signatures.told}`);
    break;
}
if (refused.length > 0 || signatures.outcome === "invalid") process.exitCode = 1;
