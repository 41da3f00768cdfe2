/** What a caller asked, and the reply. */
export interface Operation {
  /** Such as `acquire`. */
  readonly name: string;
  readonly args: object;
  /** Undefined: no reply came, or it does not matter. */
  readonly reply: object | undefined;
}

/**
 * One call of a history, with the time of the machine in milliseconds.
 *
 * A call with a reply took effect between both times. A call without a reply took effect at any time
 * between them, or never. A call that the client sent several times is several calls: only the last
 * one has the reply.
 */
export interface Call<Op extends Operation> {
  readonly client: string;
  readonly operation: Op;
  readonly beganMs: number;
  /** Infinity: no reply ever came, so the call may take effect at any later time. */
  readonly endedMs: number;
  /** Calls with the same `attemptsOf` are copies of one request. At most one of them has a reply. */
  readonly attemptsOf?: number;
}

/** The same call, whose reply does not matter any more. */
export function withoutReply<Op extends Operation>(call: Call<Op>): Call<Op> {
  return { ...call, operation: { ...call.operation, reply: undefined } };
}

/** Times from the first to the last, in milliseconds. The last one may be Infinity. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The model for a history. It may look for what the replies prove. */
export type ModelOf<State, Op extends Operation> = (history: readonly Call<Op>[]) => Model<State, Op>;

/**
 * What one object of Redis does, such as a lock: a function from its state and a call to its next
 * states.
 */
export interface Model<State, Op extends Operation> {
  readonly initial: State;
  /** Calls of which no order explains the replies, whatever the other calls are. Found without a search. */
  readonly contradiction?: readonly Call<Op>[];
  /** Whether a call without a reply can be left out, because it explains no reply of the history. */
  ignores?(call: Call<Op>): boolean;
  /**
   * Whether the same call changes nothing when it runs again. Then one copy without a reply explains
   * all that several explain.
   */
  isIdempotent?(call: Call<Op>): boolean;
  /**
   * Calls without a reply and with the same text here have the same effect on all replies. Undefined:
   * the call is like its own copies only.
   */
  kindOf?(call: Call<Op>): string | undefined;
  /**
   * When the call can have run by Redis's clock, as far as the replies of the history tell. Absent: at
   * any time of that clock, which need not agree with the clock of the recorder. If the window of a
   * call ends before that of another begins, it comes first.
   */
  windowOf?(call: Call<Op>): Span;
  /**
   * The states after the call took effect now. None: the call cannot have this reply now. Several:
   * the reply does not say which.
   *
   * For a call without a reply, only the states in which it changed something.
   */
  next(state: State, call: Call<Op>): readonly State[];
  /**
   * Whether a call with this effect can come before all other calls that may be next. If an order
   * has it at a later place, then the same order without it there must be possible too. Absent: only
   * calls that change nothing can.
   */
  mayComeFirst?(call: Call<Op>, before: State, after: State): boolean;
  /**
   * How far the state is from one in which the call has its reply. The search tries calls without a
   * reply first that bring a state near.
   */
  distanceTo?(state: State, call: Call<Op>): number;
  /**
   * Two states with the same text and the same time behave the same. People read the text as well.
   */
  textOf(state: State): string;
  /**
   * The earliest time at which the next call can run, in milliseconds. With the same text, an earlier
   * time allows all that a later one allows. Absent: the model does not know the time.
   */
  timeOf?(state: State): number;
}
