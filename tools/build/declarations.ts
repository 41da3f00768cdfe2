/** The modules that a declaration file imports, as it writes them. */
export function importedModules(declarations: string): readonly string[] {
  return [...declarations.matchAll(/(?:\bfrom |\bimport\()"([^"]+)"/g)].map(([, module = ""]) => module);
}

/** A declaration file with a tab in place of each four spaces at the beginning of a line. */
export function withTabs(declarations: string): string {
  return declarations.replace(/^( {4})+/gm, (spaces) => "\t".repeat(spaces.length / 4));
}
