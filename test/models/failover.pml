/* Failover of the node that has an entry and its lease.
 *
 * It checks rule 1 for row b, from the moment at which the invalidation was repeated.
 * Bounds: one failover to a replica that lags. Two callers with two calls each. The first has an L1. One
 * write with an invalidation of the key, which its process repeats after the failover.
 *
 * A value is 1 if the load saw the write. A copy of the node's state is what the replica has. */
bool written, repeated, failed;
bool entry, copied_entry; byte value, copied_value;
byte lease, copied_lease, next_id = 1;
byte counter, copied_counter;          /* of COUNTER_LEASE only */
bool local_entry; byte local_value; bool tracked, message;

proctype Caller(bool has_local) { byte calls = 2, own, loaded; bool after;
  do
  :: calls == 0 -> break
  :: else ->
     d_step { calls--; after = repeated };
     if
     :: d_step { has_local && local_entry ->
          printf("caller %d gets %d from L1, after: %d\n", _pid, local_value, after);
          assert(local_value >= after || message) }
     :: else ->
        d_step {
          if
          :: entry -> printf("caller %d gets %d, after: %d\n", _pid, value, after); assert(value >= after);
             if :: has_local -> local_entry = true; local_value = value; tracked = true :: else fi
          :: !entry && lease == 0 ->
#ifdef COUNTER_LEASE
             counter++; own = counter;
#else
             own = next_id; next_id++;
#endif
             lease = own; printf("caller %d gets lease %d\n", _pid, own)
          :: else
          fi }
     fi;
     if
     :: own != 0 ->
        d_step { loaded = written; printf("caller %d loads %d\n", _pid, loaded) };
        d_step {
          if :: lease == own -> entry = true; value = loaded; lease = 0; printf("caller %d fills %d\n", _pid, loaded)
             :: else fi }
     :: else
     fi;
     d_step { own = 0; loaded = 0; after = 0 }
  od }

inline invalidate() {
  if :: tracked && entry -> message = true; tracked = false :: else fi;
  entry = false; value = 0; lease = 0 }

active proctype Invalidation() {
  written = true;
  d_step { invalidate(); printf("the key is invalidated\n") };
  failed;
#ifndef NO_REPEAT
  d_step { invalidate(); printf("the invalidation is repeated\n") };
#endif
  repeated = true }

active proctype Replication() {
  do
  :: d_step { !failed -> copied_entry = entry; copied_value = value; copied_lease = lease; copied_counter = counter }
  :: d_step { !failed -> failed = true; entry = copied_entry; value = copied_value; lease = copied_lease; counter = copied_counter;
       tracked = false; message = false;
#ifndef KEEPS_L1
       local_entry = false; local_value = 0;
#endif
       printf("failover: entry %d, value %d, lease %d\n", entry, value, lease) }
  :: failed -> break
  od }

active proctype Message() {
end:
  do
  :: d_step { message -> message = false; local_entry = false; local_value = 0; printf("L1 forgets the entry\n") }
  od }

init { atomic { run Caller(true); run Caller(false) } }
