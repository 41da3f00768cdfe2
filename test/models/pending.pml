/* An invalidation whose outcome is not known.
 *
 * It checks rules 1 and 5 for the last paragraph of "What an invalidation does", and for row c.
 * Bounds: one process with an L1, which writes and invalidates, and reads three times. Another process
 * fills. The first invalidation is lost, or it runs and its reply is lost, or it succeeds.
 *
 * A value is 1 if the load saw the write. "Pending" ends when a repeated call has succeeded. */
bool written, called, returned;
bool entry = 1; byte value, lease, next_id = 1;
bool local_entry = 1; byte local_value; bool pending, tainted;

inline invalidate() { entry = false; value = 0; lease = 0 }
inline forget() { local_entry = false; local_value = 0; tainted = true }

active proctype Writer() {
  written = true;
  d_step { forget(); called = true; printf("the process sends the invalidation\n") };
  if
  :: d_step { invalidate(); forget(); returned = true; printf("it succeeds\n") }
  :: d_step { forget(); pending = true; printf("it is lost\n") }
  :: d_step { invalidate(); forget(); pending = true; printf("it runs, and its reply is lost\n") }
  fi;
  if
#ifndef NEVER_REPEATED
  :: d_step { pending -> invalidate(); forget(); pending = false; returned = true; printf("the repeated invalidation succeeds\n") }
#endif
  :: else
  fi;
  d_step { printf("pending: %d\n", pending); assert(!pending) } }

active proctype OwnReader() { byte calls = 3; bool after, was_pending; byte found, found_value;
  do
  :: calls == 0 -> break
  :: else ->
     d_step { calls--; after = pending || returned; tainted = false };
     if
#ifdef SERVES_PENDING
     :: d_step { local_entry -> printf("L1 serves %d, after: %d\n", local_value, after); assert(local_value >= after) }
#else
     :: d_step { local_entry && !pending -> printf("L1 serves %d, after: %d\n", local_value, after); assert(local_value >= after) }
#endif
     :: else ->
        d_step { was_pending = pending };
        d_step { found = entry; found_value = value };
        d_step {
          if
#ifdef SERVES_PENDING
          :: found ->
#elif defined(ONLY_AT_REPLY)
          :: found && !pending ->
#else
          :: found && !pending && !was_pending ->
#endif
             printf("the process serves %d, after: %d\n", found_value, after); assert(found_value >= after);
             if :: !tainted -> local_entry = true; local_value = found_value :: else fi
          :: else                      /* it loads, and has a new value */
          fi }
     fi;
     d_step { found = false; found_value = 0; after = false; was_pending = false }
  od }

active proctype OtherProcess() { byte own, loaded;
  d_step { if :: !entry && lease == 0 -> lease = next_id; own = next_id; next_id++ :: else fi };
  if
  :: own != 0 ->
     d_step { loaded = written };
     d_step { if :: lease == own -> entry = true; value = loaded; lease = 0; printf("another process fills %d\n", loaded) :: else fi }
  :: else
  fi }
