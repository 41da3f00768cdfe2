import { expect, test } from "vitest";
import { Schedule } from "../../src/scheduler/schedule.js";

const at = (text: string) => new Date(text).getTime();

test("next() is after the instant, and latest() is at or before it", () => {
  const schedule = new Schedule("*/5 * * * * *");
  const five = at("2026-01-01T00:00:05Z");
  expect(schedule.next(five)).toBe(five + 5_000);
  expect(schedule.next(five - 1)).toBe(five);
  expect(schedule.latest(five)).toBe(five);
  expect(schedule.latest(five - 1)).toBe(five - 5_000);
});

test("a schedule's time zone is UTC by default", () => {
  const noon = at("2026-07-01T12:00:00Z");
  expect(new Schedule("0 3 * * *").next(noon)).toBe(at("2026-07-02T03:00:00Z"));
  expect(new Schedule("0 3 * * *", "Europe/Berlin").next(noon)).toBe(at("2026-07-02T01:00:00Z"));
});

test.each([{ timeZone: "" }, JSON.parse('{"timeZone":null}'), JSON.parse('{"timeZone":0}')])(
  "a schedule refuses %j, which would mean the machine's own time zone",
  ({ timeZone }) => {
    expect(() => new Schedule("0 3 * * *", timeZone)).toThrow(expect.objectContaining({ code: "ARGUMENT" }));
  },
);

test.each([
  {
    name: "spring",
    from: "2026-03-28T12:00:00Z",
    expected: ["2026-03-29T01:00:00Z", "2026-03-30T01:00:00Z"],
  },
  {
    name: "autumn",
    from: "2026-10-24T12:00:00Z",
    expected: ["2026-10-25T02:00:00Z", "2026-10-26T02:00:00Z"],
  },
])("a daily schedule has one instant a day when clocks change in $name", ({ from, expected }) => {
  const schedule = new Schedule("0 3 * * *", "Europe/Berlin");
  const found: number[] = [];
  for (let afterMs = at(from); found.length < 2; afterMs = found.at(-1) ?? afterMs) {
    found.push(schedule.next(afterMs) ?? Number.NaN);
  }
  expect(found).toEqual(expected.map(at));
});

test("a schedule for every second has no gap when summer time ends", () => {
  const schedule = new Schedule("* * * * * *", "Europe/Vienna");
  let now = at("2026-10-25T00:59:00Z");
  for (let second = 0; second < 3_800; second++) {
    const next = schedule.next(now) ?? Number.NaN;
    if (next !== now + 1_000) expect(new Date(next).toISOString()).toBe(new Date(now + 1_000).toISOString());
    now = next;
  }
});
