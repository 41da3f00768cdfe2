/* Callers of one process that share a load.
 *
 * It checks rule 1 for the last paragraph of "What a caller does", and for step 6 of that list.
 * Bounds: one load with its leader, and two callers. The first caller begins the next shared load if it has
 * no verified value. A caller of another process waits. One write, then an invalidation of the key or of
 * the tag, or none. The lease may end.
 *
 * A value is 1 if the load saw the write. */
byte written, returned;
byte lease = 1, token = 1;
bool entry; byte value, stamp;
mtype = { NONE, OPEN, CLOSED, VERIFIED, UNVERIFIED };
mtype first_load = NONE, next_load = NONE;  /* the state of each shared load */
byte first_value, next_value;

active proctype Leader() { byte loaded, seen; bool filled;
  d_step { seen = token; first_load = OPEN };
  d_step { loaded = written; first_value = loaded; printf("the leader loads %d, token %d\n", loaded, seen) };
#ifndef CLOSED_LAST
  d_step { first_load = CLOSED; printf("the load is closed to further callers\n") };
#endif
  d_step {
    if :: lease == 1 -> entry = true; value = loaded; stamp = seen; lease = 0; filled = true; printf("the fill is accepted\n")
       :: else -> printf("the fill is refused\n") fi };
  d_step {
    if
#ifdef NO_FILL_CHECK
    :: token == seen ->
#elif defined(NO_TOKEN_CHECK)
    :: filled ->
#elif defined(NO_CHECK)
    :: true ->
#else
    :: filled && token == seen ->
#endif
       first_load = VERIFIED; printf("the leader reads the tokens again: verified\n")
    :: else -> first_load = UNVERIFIED; printf("the leader reads the tokens again: not verified\n")
    fi } }

proctype Caller() { byte after, got; bool ended;
  d_step { after = returned; printf("caller %d calls, after: %d\n", _pid, after) };
  if
  :: first_load == OPEN ->
     first_load == VERIFIED || first_load == UNVERIFIED;
     if
     :: first_load == VERIFIED -> got = first_value; ended = true
     :: else
     fi
  :: first_load != OPEN                /* it came too late to share, or too early */
  fi;
  if
  :: ended
  :: else ->
     /* It begins a load, or joins one that starts after its own call. */
     atomic {
       if
       :: next_load == NONE -> next_load = OPEN
#ifdef JOINS_ANY
       :: next_load != NONE -> got = next_value; ended = true
#endif
       :: else
       fi };
     if :: !ended -> d_step { got = written; next_value = got } :: else fi
  fi;
  d_step { printf("caller %d gets %d\n", _pid, got); assert(got >= after) } }

active proctype OtherProcess() { byte after, got;
  after = returned;
  first_load == VERIFIED || first_load == UNVERIFIED; /* the message wakes it, and it reads again */
  d_step { printf("the other process is woken\n") };
  d_step {
#ifdef MESSAGE_HAS_VALUE
    if :: first_load == VERIFIED -> got = first_value; printf("it takes the value of the message\n"); assert(got >= after) :: else fi
#else
    if :: entry && stamp == token -> got = value; assert(got >= returned) :: else fi
#endif
  } }

active proctype Invalidation() {
  written = 1;
  if
  :: d_step { entry = false; lease = 0; printf("the key is invalidated\n") }
  :: d_step { token = 2; printf("the tag is invalidated\n") }
  fi;
  d_step { returned = 1; printf("the invalidation returned\n") } }

active proctype End() { if :: d_step { lease == 1 -> lease = 2; printf("the lease ends\n") } :: true fi }

init { atomic { run Caller(); run Caller() } }
