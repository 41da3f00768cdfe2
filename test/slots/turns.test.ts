import { expect, test } from "vitest";
import { Turns } from "../../src/slots/turns.js";

const entry = (tenant: string, name: string) => ({
  slot: 1,
  member: `${tenant}:${name}`,
  tenant,
  name,
  dueMs: 1,
});

function taken(turns: Turns, count: number): (string | undefined)[] {
  return Array.from({ length: count }, () => turns.next()?.member);
}

test("tenants take turns, and one that comes later waits for one entry of each", () => {
  const turns = new Turns(3);
  for (const name of ["a", "b", "c"]) expect(turns.add(entry("large", name))).toBe(true);
  expect(turns.add(entry("large", "d"))).toBe(false);
  turns.add(entry("small", "a"));
  expect(taken(turns, 2)).toEqual(["large:a", "small:a"]);
  turns.add(entry("late", "a"));
  expect(taken(turns, 4)).toEqual(["large:b", "late:a", "large:c", undefined]);
  expect(turns.size).toBe(0);
});

test("turns go on after all entries have been taken", () => {
  const turns = new Turns(2);
  for (const round of ["a", "b", "c"]) {
    turns.add(entry("acme", round));
    expect(taken(turns, 2)).toEqual([`acme:${round}`, undefined]);
  }
  turns.add(entry("acme", "d"));
  turns.add(entry("beta", "d"));
  expect(taken(turns, 3)).toEqual(["acme:d", "beta:d", undefined]);
});
