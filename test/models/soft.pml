/* Soft invalidations: expire of a key and of a tag, and touch.
 *
 * It checks rule 1 for the rows of "expire", rule 2, and row h: a caller gets the old value as a stale one.
 * Bounds: two callers with two and one calls. A write, expire of the key or the tag, a second write, then
 * an invalidation of the key or the tag. One end of a lease. A load may touch instead of fill. At the
 * beginning there is a stale entry, or none.
 *
 * A value counts the writes that its load saw. A token has a hard and a soft part. */
byte written, expired, invalidated;    /* the writes before the calls that have returned */
bool entry, fresh; byte value, fill, hard_stamp, soft_stamp;
byte lease, next_id = 1, hard = 1, soft = 1;

inline store(new_value) {
  entry = true; fresh = true; value = new_value; fill = own; hard_stamp = h; soft_stamp = s; lease = 0 }

proctype Caller(byte calls) { byte own, loaded, h, s, soft_after, hard_after, known;
  do
  :: calls == 0 -> break
  :: else ->
     d_step { calls--; soft_after = expired; hard_after = invalidated };
     d_step { h = hard; s = soft };
     d_step {
       known = 0;
       if
       :: entry && hard_stamp == h ->
          assert(value >= hard_after); known = fill;
          if
#ifdef ONE_TOKEN
          :: fresh ->
#else
          :: fresh && soft_stamp == s ->
#endif
             printf("process %d serves %d as fresh, after: %d\n", _pid, value, soft_after); assert(value >= soft_after)
          :: else -> printf("process %d serves %d as stale\n", _pid, value);
             if :: lease == 0 -> lease = next_id; own = next_id; next_id++ :: else fi
          fi
       :: else -> if :: lease == 0 -> lease = next_id; own = next_id; next_id++ :: else fi
       fi };
     if
     :: own != 0 ->
        d_step { loaded = written; printf("process %d loads %d with lease %d\n", _pid, loaded, own) };
        d_step {
          if
          :: lease == own -> store(loaded); printf("process %d fills %d\n", _pid, value)
          /* The source says "unchanged". */
#ifdef TOUCH_WITHOUT_LEASE
          :: known != 0 && entry && fill == known && value == loaded ->
#else
          :: lease == own && known != 0 && entry && fill == known && value == loaded ->
#endif
             store(value); printf("process %d touches %d\n", _pid, value)
          :: lease != own -> printf("process %d is refused\n", _pid)
          fi }
     :: else
     fi;
     d_step { own = 0; loaded = 0; h = 0; s = 0; soft_after = 0; hard_after = 0; known = 0 }
  od }

proctype Invalidation() {
  written = 1;
  if
  :: d_step { fresh = false;
#ifndef KEEPS_LEASE
       lease = 0;
#endif
       printf("the key is expired\n") }
  :: d_step { soft = 2; printf("the tag is expired\n") }
  fi;
  expired = 1;
  written = 2;
  if
  :: d_step {
#ifdef ONLY_MARKS
       fresh = false;
#else
       entry = false; fresh = false; value = 0; fill = 0; hard_stamp = 0; soft_stamp = 0;
#endif
       lease = 0; printf("the key is invalidated\n") }
  :: d_step { hard = 2; soft = 3; printf("the tag is invalidated\n") }
  fi;
  invalidated = 2; expired = 2 }

proctype End() { if :: d_step { lease != 0 -> lease = 0; printf("the lease ends\n") } :: true fi }

init { atomic { if :: entry = true; fill = 9; hard_stamp = 1; soft_stamp = 1 :: skip fi; run Caller(2); run Caller(1); run Invalidation(); run End() } }
