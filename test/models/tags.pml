/* Tags that only the loader knows, and the clock of the tenant.
 *
 * It checks rule 1 for the section "Tags that only the loader knows", for the row of a tag in "What an
 * invalidation does", and for row a.
 * Bounds: one entry with one tag. One load, and a load of another key that may create the token. Two
 * invalidations of the tag, whose processes may die. One reader. One eviction of the token or the clock.
 * No lease: each fill is accepted, which allows more than the protocol does.
 *
 * A value is the set of writes that the source had at the load: bit 0 and bit 1. */
#define UNKNOWN 99

byte source, returned;                 /* writes in the source; invalidations that have returned */
bool entry; byte value, stamp;         /* the entry: its value, and the token of its tag */
byte token, token_clock, next_token = 2; /* token 0: absent */
byte clock = 1, time = 1;              /* clock 0: absent */

inline create_token() { token = next_token; next_token++; token_clock = UNKNOWN }

inline open_clock(reading) { d_step { /* cache.open_clock: a clock that was evicted begins at the time */
  if
#ifdef CLOCK_RESTARTS
  :: clock == 0 -> clock = 1
#else
  :: clock == 0 -> time++; clock = time
#endif
  :: else
  fi;
  reading = clock; printf("process %d reads the clock: %d\n", _pid, reading) } }

inline raise_clock(reading) { d_step { /* cache.raise_clock */
#ifdef CLOCK_RESTARTS
  clock++;
#else
  time++; clock = time;
#endif
#ifdef NOTES_RAISED
  reading = clock;
#endif
  printf("process %d raises the clock to %d\n", _pid, clock) } }

inline open_tag(seen, seen_clock, created) { d_step { /* cache.open_tag */
  if
#ifdef COUNTER_TOKENS
  :: token == 0 -> token = 1; token_clock = UNKNOWN; created = true
#else
  :: token == 0 -> create_token(); created = true
#endif
  :: else
  fi;
  seen = token; seen_clock = token_clock;
  printf("process %d opens the tag: token %d, clock %d\n", _pid, seen, seen_clock) } }

inline set_tag_clock(own, reading) { d_step {
  if
#ifdef NOTES_ANY_TOKEN
  :: token != 0 && token_clock == UNKNOWN ->
#else
  :: token == own && token_clock == UNKNOWN ->
#endif
     token_clock = reading; printf("process %d notes clock %d\n", _pid, reading)
  :: else
  fi } }

inline invalidate_tag(own) { d_step {
  if
  :: token != 0 -> create_token(); own = token; printf("process %d sets token %d\n", _pid, own)
  :: else -> printf("process %d finds no token\n", _pid)
  fi } }

proctype Loader() { byte reading, seen, seen_clock, loaded; bool created;
#ifdef NOTED_FIRST
  byte noted;
#endif
#ifndef CLOCK_AFTER_LOAD
  open_clock(reading);
#endif
  d_step { loaded = source; printf("process %d loads %d\n", _pid, loaded) };
#ifdef CLOCK_AFTER_LOAD
  open_clock(reading);
#endif
#ifdef CREATED_WITH_READING
  if
  :: token == 0 -> open_clock(seen_clock);
     d_step { if :: token == 0 -> create_token(); token_clock = seen_clock :: else fi }
  :: else
  fi;
#endif
#ifdef NOTED_FIRST
  if :: token == 0 || token_clock == UNKNOWN -> open_clock(noted) :: else -> noted = UNKNOWN fi;
#endif
  open_tag(seen, seen_clock, created);
  /* A token without a reading is good if the clock has not risen since. The loader also notes the reading,
   * as OtherLoader does. */
  if
#ifdef NOTED_FIRST
  :: seen_clock == UNKNOWN -> seen_clock = noted
#else
  :: seen_clock == UNKNOWN -> open_clock(seen_clock)
#endif
  :: else
  fi;
  if
#ifdef NO_CLOCK_CHECK
  :: true ->
#elif defined(CREATED_IS_GOOD)
  :: created || seen_clock <= reading ->
#else
  :: seen_clock <= reading ->
#endif
     d_step { entry = true; value = loaded; stamp = seen; printf("process %d fills %d, token %d\n", _pid, value, stamp) }
  :: else
  fi;
  d_step { reading = 0; seen = 0; seen_clock = 0; loaded = 0; created = 0 } }

proctype OtherLoader() { byte seen, seen_clock; bool created;
  open_tag(seen, seen_clock, created);
  if :: seen_clock == UNKNOWN -> open_clock(seen_clock); set_tag_clock(seen, seen_clock) :: else fi;
  d_step { seen = 0; seen_clock = 0; created = 0 } }

proctype Invalidation(byte write) { byte own, reading;
  d_step { write == 1 || source != 0 -> source = source | write; printf("process %d writes %d\n", _pid, write) };
#ifdef AT_ONCE
  if :: raise_clock(reading); invalidate_tag(own) :: invalidate_tag(own); raise_clock(reading) fi;
#elif defined(TOKEN_FIRST)
  invalidate_tag(own); raise_clock(reading);
#elif defined(NO_RAISE)
  invalidate_tag(own);
#else
  raise_clock(reading); invalidate_tag(own);
#endif
  d_step { returned = returned | write; printf("process %d: invalidation %d returned\n", _pid, write) };
  if
  :: own != 0 ->
#ifndef NOTES_RAISED
     open_clock(reading);
#endif
     set_tag_clock(own, reading)
  :: true /* there was no token, or the process dies */
  fi;
  d_step { own = 0; reading = 0 } }

proctype Reader() { byte after, found, found_value, found_stamp, seen;
  d_step { returned != 0 -> after = returned };
  if
  :: d_step { found = entry; found_value = value; found_stamp = stamp }; seen = token
  :: seen = token; d_step { found = entry; found_value = value; found_stamp = stamp }
  fi;
  d_step {
    if
#ifdef ABSENT_IS_EQUAL
    :: found && (seen == found_stamp || seen == 0) ->
#else
    :: found && seen == found_stamp ->
#endif
       printf("process %d serves %d after the invalidations %d\n", _pid, found_value, after);
       assert((found_value & after) == after)
    :: else
    fi;
    after = 0; found = 0; found_value = 0; found_stamp = 0; seen = 0 } }

proctype Eviction() {
  if
  :: d_step { token != 0 -> token = 0; token_clock = 0; printf("the token is evicted\n") }
  :: d_step { clock != 0 -> clock = 0; printf("the clock is evicted\n") }
#ifdef TIME_GOES_BACK
  :: d_step { clock != 0 -> clock = 0; time = 0; printf("the clock is evicted, and the time of the server goes back\n") }
#endif
  :: true
  fi }

init { atomic {
  if :: token = 0 :: token = 1; token_clock = 1 fi;
  run Loader(); run OtherLoader(); run Invalidation(1); run Invalidation(2); run Reader(); run Eviction() } }
