import type { Call, ModelOf, Operation } from "../../../history/call.js";
import { check } from "../../../history/check.js";
import { printed } from "../../../history/print.js";
import { save } from "../../../history/saved.js";
import { shortest } from "../../../history/shortest.js";
import type { HistoryClient } from "./clients.js";
import { below } from "./random.js";

/** What is recorded: one domain, or all of them. */
export type Domain = "lock" | "request" | "stock" | "coupon" | "limit" | "permit";

/** The objects of a domain that clients use at the same time. */
const OBJECTS = 5;
/** A longer history is closed, and its clients go on with a new object. */
const MAX_CALLS = 120;

/** The results of the checks of some histories. */
export interface Checked {
  readonly objects: number;
  readonly calls: number;
  /** Calls and attempts to which no reply came. */
  readonly unanswered: number;
  readonly refused: number;
  readonly undecided: number;
  /** The shortest history of one refused object of each domain, for people. */
  readonly offences: readonly Offending[];
}

export interface Offending {
  readonly domain: Domain;
  readonly calls: number;
  readonly text: string;
}

/** The objects of one domain, one after another. */
export class Objects<State, Op extends Operation> {
  readonly #domain: Domain;
  readonly #model: ModelOf<State, Op>;
  readonly #session: (client: HistoryClient, history: Call<Op>[], object: string) => Promise<void>;
  readonly #prepare: (client: HistoryClient, object: string) => Promise<void>;
  readonly #current: (Promise<RecordedObject<Op>> | undefined)[] = [];
  readonly #all: RecordedObject<Op>[] = [];

  constructor(
    domain: Domain,
    model: ModelOf<State, Op>,
    session: (client: HistoryClient, history: Call<Op>[], object: string) => Promise<void>,
    prepare: (client: HistoryClient, object: string) => Promise<void> = async () => {},
  ) {
    this.#domain = domain;
    this.#model = model;
    this.#session = session;
    this.#prepare = prepare;
  }

  async run(client: HistoryClient): Promise<void> {
    const place = below(OBJECTS);
    let creating = this.#current[place] ?? this.#create(client, place);
    let object = await creating;
    if (object.history.length >= MAX_CALLS) {
      const newer = this.#current[place];
      creating = newer && newer !== creating ? newer : this.#create(client, place);
      object = await creating;
    }
    await this.#session(client, object.history, object.name);
  }

  /** The names of the objects that clients use now. */
  names(): readonly string[] {
    return this.#all.slice(-OBJECTS).map(({ name }) => name);
  }

  #create(client: HistoryClient, place: number): Promise<RecordedObject<Op>> {
    const object = { name: `${this.#domain}-${this.#all.length + 1}`, history: [] };
    this.#all.push(object);
    const creating = this.#prepare(client, object.name).then(() => object);
    this.#current[place] = creating;
    return creating;
  }

  check(files: string | undefined): Checked {
    const used = this.#all.filter(({ history }) => history.length > 0);
    const verdicts = used.map(({ name, history }) => ({
      name,
      history,
      verdict: check(this.#model, history),
    }));
    for (const { name, history, verdict } of verdicts) {
      if (files !== undefined && verdict.kind !== "linearizable")
        save(`${files}${verdict.kind}-${name}.json`, history);
    }
    const refused = verdicts.filter(({ verdict }) => verdict.kind === "refused");
    // One is enough for people, and the search for the shortest takes a while.
    const easy = refused.find(({ history }) => this.#model(history).contradiction) ?? refused[0];
    const offences = (easy ? [easy] : []).map(({ name, history }) => {
      const offence = shortest(this.#model, history);
      return { domain: this.#domain, calls: offence.calls.length, text: printed(name, offence) };
    });
    const calls = used.flatMap(({ history }) => history);
    return {
      objects: used.length,
      calls: calls.length,
      unanswered: calls.filter(({ operation }) => operation.reply === undefined).length,
      refused: refused.length,
      undecided: verdicts.filter(({ verdict }) => verdict.kind === "undecided").length,
      offences,
    };
  }
}

interface RecordedObject<Op extends Operation> {
  readonly name: string;
  readonly history: Call<Op>[];
}
