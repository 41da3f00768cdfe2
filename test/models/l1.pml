/* L1, the token map, and the messages of the server.
 *
 * It checks rules 1 and 3 for the section "L1", for own invalidations, and for rows i and j.
 * Bounds: one process with three calls. One write, then an invalidation of the key or the tag by another
 * process, or by the same one (OWN). One lost connection of either side, or one FLUSHALL. Replies and
 * messages use different connections, so they arrive in any order.
 *
 * A value is 1 if the load saw the write. "overdue" means that a connection is silent for heartbeatMs. */
bool written, returned;
bool entry; byte value, stamp;
byte lease, next_id = 1, token = 1, next_token = 2;
bool tracked_entry, tracked_token;          /* by the server, for the listening connection */
bool entry_message, token_message, flush_message;  /* under way */
bool listener_lost, reader_lost, overdue, flag = 1, fault_used;
bool local_entry; byte local_value, local_stamp, map;  /* map 0: the token is not known */
bool entry_tainted, token_tainted;          /* a message came since the read was sent */

inline forget() { local_entry = false; local_value = 0; local_stamp = 0; map = 0; entry_tainted = true; token_tainted = true }
inline entry_changes() { if :: tracked_entry -> tracked_entry = false; entry_message = !listener_lost :: else fi }
inline token_changes() { if :: tracked_token -> tracked_token = false; token_message = !listener_lost :: else fi }

#ifdef ALIVE_FLAG
#define ALIVE flag                          /* a timer clears it */
#elif defined(PINGS_LISTENER_ONLY)
#define ALIVE !(overdue && listener_lost)
#else
#define ALIVE !overdue
#endif
#ifdef OWN
#define IN_BOUND false
#else
#define IN_BOUND (entry_message || token_message || flush_message || ((listener_lost || reader_lost) && !overdue))
#endif
#ifdef UNTRACKED
#define TRACKS false
#else
#define TRACKS !reader_lost
#endif
#ifdef NO_TAINT
#define MAY_STORE(tainted) true
#else
#define MAY_STORE(tainted) !tainted
#endif

inline read_entry() { d_step {
  found = entry; found_value = value; found_stamp = stamp; tracked_entry = TRACKS;
  if :: !entry && lease == 0 -> lease = next_id; own = next_id; next_id++ :: else fi;
  printf("the server reads: entry %d, value %d, token %d\n", entry, value, stamp) } }
inline read_token() {
  if :: asked -> d_step { seen = token; tracked_token = TRACKS; printf("the server reads token %d\n", seen) } :: else fi }

active proctype Process() { byte calls = 3, found_value, found_stamp, own, seen, loaded; bool after, found, asked;
  do
  :: calls == 0 -> break
  :: else ->
     d_step { calls--; after = returned };
     if
     :: d_step { ALIVE && local_entry && map != 0 && map == local_stamp ->
          printf("L1 serves %d, after: %d\n", local_value, after); assert(local_value >= after || IN_BOUND) }
     :: else ->
        d_step { entry_tainted = !(ALIVE); token_tainted = !(ALIVE); seen = map; asked = (map == 0 || !(ALIVE)); printf("the process sends a read\n") };
        if :: read_entry(); read_token() :: read_token(); read_entry() fi;
        d_step {
          printf("the replies arrive\n");
          if
          :: asked && MAY_STORE(token_tainted) -> map = seen
#if defined(ALIVE_AT_SEND)
          :: !asked -> seen = map
#elif !defined(MAP_AT_SEND)
          :: !asked -> seen = (ALIVE -> map : 0)
#endif
          :: else
          fi;
          if
          :: found && seen != 0 && seen == found_stamp ->
             printf("Redis serves %d, after: %d\n", found_value, after); assert(found_value >= after || (!asked && IN_BOUND));
             if
             :: MAY_STORE(entry_tainted) -> local_entry = true; local_value = found_value; local_stamp = found_stamp; printf("the entry enters L1\n")
             :: else
             fi
          :: else
          fi };
        if
        :: own != 0 && seen != 0 ->
           d_step { loaded = written; printf("the process loads %d\n", loaded) };
           d_step {
             if
             :: lease == own -> entry = true; value = loaded; stamp = seen; lease = 0; printf("the fill is stored\n");
#ifdef OWN_FILL
                tracked_entry = false;      /* NOLOOP: no message to the process itself */
                if :: !entry_tainted && !token_tainted -> local_entry = true; local_value = loaded; local_stamp = seen :: else fi
#else
                entry_changes()
#endif
             :: else -> printf("the fill is refused\n")
             fi;
#ifdef OWN_LOAD
             if :: !entry_tainted && !token_tainted -> local_entry = true; local_value = loaded; local_stamp = seen :: else fi
#endif
           }
        :: own != 0 && seen == 0 -> d_step { if :: token == 0 -> token = next_token; next_token++ :: else fi; if :: lease == own -> lease = 0 :: else fi }
        :: else
        fi
     fi;
     d_step { found = false; found_value = 0; found_stamp = 0; own = 0; seen = 0; loaded = 0; after = false; asked = false }
  od }

active proctype Invalidation() {
  written = true;
#ifdef OWN
  d_step { forget(); printf("the process forgets and sends the invalidation\n") };
#endif
  if
  :: d_step { if :: entry -> entry_changes() :: else fi; entry = false; value = 0; stamp = 0; lease = 0; printf("the key is invalidated\n") }
  :: d_step { if :: token != 0 -> token = next_token; next_token++; token_changes() :: else fi; printf("the tag is invalidated\n") }
  fi;
  d_step {
#if defined(OWN) && !defined(FORGETS_ONCE)
    forget();
#endif
    returned = true; printf("the invalidation returned\n") } }

active proctype Network() {
end:
  do
  :: d_step { entry_message -> entry_message = false; local_entry = false; local_value = 0; local_stamp = 0; entry_tainted = true; printf("the message of the entry arrives\n") }
  :: d_step { token_message -> token_message = false; map = 0; token_tainted = true; printf("the message of the token arrives\n") }
  :: d_step { flush_message -> flush_message = false; printf("the empty message arrives\n");
#ifndef IGNORES_FLUSH
       forget()
#endif
     }
  :: d_step { !fault_used -> fault_used = true; entry = false; value = 0; stamp = 0; token = 0; lease = 0; tracked_entry = false; tracked_token = false;
       flush_message = !listener_lost; printf("FLUSHALL\n") }
  :: d_step { !fault_used -> fault_used = true; listener_lost = true; entry_message = false; token_message = false; flush_message = false; printf("the listening connection is lost\n") }
  :: d_step { !fault_used -> fault_used = true; reader_lost = true; tracked_entry = false; tracked_token = false; printf("the server loses the reading connection\n") }
  :: d_step { (listener_lost || reader_lost) && !overdue -> overdue = true; printf("no PING was answered for heartbeatMs\n") }
  :: d_step { overdue && flag -> flag = false; printf("a timer notices it\n") }
  :: d_step { overdue && !flag -> overdue = false; listener_lost = false; reader_lost = false; flag = true; tracked_entry = false; tracked_token = false;
       local_entry = false; local_value = 0; local_stamp = 0; map = 0;
#ifndef KEEPS_READS_IN_FLIGHT
       entry_tainted = true; token_tainted = true;
#endif
       printf("both connections are new\n") }
  od }
