/* Loads from a replica of the database, and settleMs.
 *
 * It checks rule 1 for the row "settleMs" in "What an invalidation does", and for row e. The rule holds for
 * cache.invalidate only. TAG and WRITER show the stale fills after the other calls, which have no settleMs.
 * Bounds: one write with an invalidation, a writer that writes nothing, and a caller with two calls. The
 * settle time is longer than the lag of the replica. */
byte source, replica, returned;
bool entry; byte value;
byte lease, next_id = 1;
bool settle, writer;     /* the block: its two parts */

active proctype Invalidation() {
  source = source | 1;
  d_step {
    entry = false;
#ifndef TAG
    lease = 0;
#endif
#if !defined(NO_SETTLE) && !defined(TAG)
    settle = true;
#endif
    printf("an invalidation removes the entry and sets the settle time\n") };
  d_step { returned = returned | 1; printf("the invalidation returned\n") };
  d_step { (replica & 1) != 0 -> settle = false; printf("the settle time is over\n") } }

active proctype Writer() {
  d_step { entry = false; lease = 0; writer = true; printf("a writer begins\n") };
#ifdef WRITER
  source = source | 2;
#endif
  d_step { entry = false; lease = 0; writer = false;
#ifdef WRITER
    returned = returned | 2;
#endif
#ifdef WRITER_ENDS_SETTLE
    settle = false;
#endif
    printf("the writer ends\n") } }

active proctype Replica() {
  do
  :: d_step { replica != source -> replica = source; printf("the replica has the write\n") }
  :: (replica & 1) != 0 -> break
  od }

active proctype Caller() { byte calls = 2, own, loaded, after;
  do
  :: calls == 0 -> break
  :: else ->
     d_step { calls--; after = returned };
     d_step {
       if
       :: entry -> printf("the caller gets %d, after: %d\n", value, after); assert((value & after) == after)
#ifdef BLOCK_AT_FILL
       :: !entry && lease == 0 ->
#else
       :: !entry && lease == 0 && !settle && !writer ->
#endif
          lease = next_id; own = next_id; next_id++
       :: else                         /* it loads from the primary, without storing */
       fi };
     if
     :: own != 0 ->
        d_step { loaded = replica; printf("the caller loads %d from the replica\n", loaded) };
        d_step {
          if
#ifdef BLOCK_AT_FILL
          :: lease == own && !settle && !writer ->
#else
          :: lease == own ->
#endif
             entry = true; value = loaded; lease = 0; printf("the caller fills %d\n", loaded)
          :: else
          fi }
     :: else
     fi;
     d_step { own = 0; loaded = 0; after = 0 }
  od }
