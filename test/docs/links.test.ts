import { readdir, readFile } from "node:fs/promises";
import GithubSlugger from "github-slugger";
import type { Nodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { describe, expect, test } from "vitest";

const root = new URL("../../", import.meta.url);

/** How README.md links the repository: it is also the page of the package, which has no other page. */
const REPOSITORY = /^https:\/\/github\.com\/moonpath\/moonpath\/(?:blob|tree)\/main\//;

interface Page {
  /** Anchors that GitHub makes of the headings. */
  readonly anchors: ReadonlySet<string>;
  /** Destinations of links and definitions that lead into this repository. */
  readonly links: readonly string[];
}

const read = new Map<string, Promise<Page>>();

/** The page of a file, read once. */
function pageOf(file: URL): Promise<Page> {
  const known = read.get(file.href) ?? readPage(file);
  read.set(file.href, known);
  return known;
}

async function readPage(file: URL): Promise<Page> {
  const source = await readFile(file, "utf8");
  const slugger = new GithubSlugger();
  const anchors = new Set<string>();
  const links: string[] = [];
  const visit = (node: Nodes): void => {
    if (node.type === "heading") anchors.add(slugger.slug(textOf(node)));
    if (node.type === "link" || node.type === "definition") {
      if (REPOSITORY.test(node.url)) links.push(node.url.replace(REPOSITORY, root.href));
      else if (!/^\w+:/.test(node.url)) links.push(node.url);
    }
    if ("children" in node) for (const child of node.children) visit(child);
  };
  visit(fromMarkdown(source, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }));
  return { anchors, links };
}

function textOf(node: Nodes): string {
  if ("value" in node) return node.value;
  return "children" in node ? node.children.map(textOf).join("") : "";
}

/** What is wrong with a link; undefined when it leads to a file, a folder, or a heading of a page. */
async function problemOf(link: string, file: URL): Promise<string | undefined> {
  const target = new URL(link, file);
  const anchor = decodeURIComponent(target.hash.slice(1));
  target.hash = "";
  try {
    if (anchor !== "") return (await pageOf(target)).anchors.has(anchor) ? undefined : "no such heading";
    if (!target.href.startsWith(root.href)) return "outside of the repository";
    await readFile(target);
    return undefined;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EISDIR") return undefined;
    return "no such file";
  }
}

const pages = [
  ...(await readdir(root)).filter((name) => name.endsWith(".md")),
  ...(await readdir(new URL("docs/", root)))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

describe("links of the docs", () => {
  test.each(pages)("of %s lead to files and headings that exist", async (page) => {
    const file = new URL(page, root);
    const broken: string[] = [];
    for (const link of (await pageOf(file)).links) {
      const problem = await problemOf(link, file);
      if (problem !== undefined) broken.push(`${link}: ${problem}`);
    }
    expect(broken).toEqual([]);
  });

  test("to a missing page or a missing heading are found", async () => {
    const index = new URL("docs/README.md", root);
    expect(await problemOf("nowhere.md", index)).toBe("no such file");
    expect(await problemOf("client.md#nowhere", index)).toBe("no such heading");
    expect(await problemOf("../../outside.md", index)).toBe("outside of the repository");
    expect(await problemOf("../lua", index)).toBeUndefined();
  });

  test("of README.md to this repository are found, with its address", async () => {
    const { links } = await pageOf(new URL("README.md", root));
    expect(links).toContain(new URL("docs/client.md", root).href);
    expect(links.filter((link) => link.startsWith(root.href)).length).toBeGreaterThan(20);
  });

  test("of docs/README.md lead to every page of docs", async () => {
    const linked = (await pageOf(new URL("docs/README.md", root))).links.map((link) =>
      link.replace(/#.*/, ""),
    );
    for (const page of pages) {
      if (page.startsWith("docs/") && page !== "docs/README.md")
        expect(linked).toContain(page.slice("docs/".length));
    }
  });
});
