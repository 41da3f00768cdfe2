import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CommandError } from "./errors.js";
import { checkedName } from "./key.js";
import { packageFolder } from "./package.js";
import { print } from "./terminal.js";

/** The options of `moonpath acl`. */
export interface AclOptions {
  readonly namespace?: string;
}

export const ACL_HELP = `Usage: moonpath acl [options]

Prints the ACL file of the package moonpath for a namespace: one user for each role, disabled and without a password.
For scripts of your own, moonpath-codegen generate writes such a file.

Options:
  --namespace <name>  namespace of the keys and channels, equal to that of your client (default: moonpath)
  -h, --help          show this text

Example:
  $ moonpath acl --namespace shop > moonpath.acl`;

/** Runs `moonpath acl`. */
export async function runAcl({ namespace = "moonpath" }: AclOptions): Promise<void> {
  const name = checkedName("namespace", namespace);
  const path = join(packageFolder() ?? "", "generated/acl/moonpath.acl");
  const text = await readFile(path, "utf8").catch(() => {
    throw new CommandError(`${path} cannot be read; install the package moonpath again`);
  });
  print(withNamespace(text, name).trimEnd());
}

/** The shipped file has the namespace `moonpath` at the beginning of each pattern of keys or channels. */
function withNamespace(text: string, namespace: string): string {
  return text.replace(/(?<=[~&])moonpath:/g, `${namespace}:`);
}
