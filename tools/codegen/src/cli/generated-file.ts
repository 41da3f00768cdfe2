/**
 * Whether `moonpath-codegen generate` wrote the file of that path below the output folder: its
 * first line says so, and names the source that belongs to this path. Nothing else may be removed
 * or overwritten.
 */
export function isGeneratedFile(path: string, text: string): boolean {
  const [first = "", second = ""] = text.split("\n", 2);
  if (path === "model.json") return isModel(text);
  if (path === "acl/moonpath.acl") return ACL.test(text);
  if (path === "acl/README.md") return names(first, "<!-- ", "index", " -->");
  const [, folder = "", script = "", ending = ""] =
    /^(lua|ts|review)\/(.+?)(?:(?<=^lua\/.+)\.many)?\.(lua|ts|md)$/.exec(path) ?? [];
  if (`${folder} ${ending}` === "lua lua") return first.startsWith("#!lua") && names(second, "-- ", script);
  if (`${folder} ${ending}` === "review md") return names(first, "<!-- ", script, " -->");
  return `${folder} ${ending}` === "ts ts" && names(first, "// ", script);
}

/** Users that are off and have no password; before there were roles, it was one user `moonpath`. */
const ACL = /^(user moonpath(-[a-z]+)? off resetkeys resetchannels -@all [^\n]*\n)+$/;

/**
 * Where the sources stand that make no script of their own: by the path of what is made of them.
 */
const SOURCES: Readonly<Record<string, string>> = {
  types: "types.lua",
  keys: "keyspace.lua",
  index: "",
  scripts: "",
  README: "keyspace.lua",
};

function names(line: string, open: string, script: string, close = ""): boolean {
  const [, domain] = /^([^/]+)\.scripts$/.exec(script) ?? [];
  const source = domain === undefined ? (SOURCES[script] ?? `${script}.lua`) : `${domain}/`;
  const end = `/${source} by moonpath-codegen. DO NOT EDIT.${close}`;
  const start = /^(?:[a-z0-9]+\.[a-z0-9_]+ \d+\.\d+\.\d+\. )?Generated from ./;
  return line.startsWith(open) && line.endsWith(end) && start.test(line.slice(open.length));
}

function isModel(text: string): boolean {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null) return false;
    return Object.keys(parsed).join() === "types,keys,scripts" && Object.values(parsed).every(Array.isArray);
  } catch {
    return false;
  }
}
