/* Reads, leases and fills of one entry, whose tag the caller names.
 *
 * It checks rule 1 and rule 2 for "What a caller does", for the rows of a key and of a tag in "What an
 * invalidation does", and for rows a and f.
 * Bounds: two callers with one and two calls. One write, then an invalidation of the key or of the tag. Two
 * evictions or ends of a lease. In COPIES, one copy of a read and one copy of a fill run late.
 *
 * A value is 1 if the load saw the write. */
byte written, returned;
bool entry; byte value, fill, stamp;   /* the entry: its value, its fill id, the token of its tag */
byte lease, next_id = 1;
byte token = 1, next_token = 2, old_token = 1; /* token 0: absent; old_token: what a replica has */
byte evictions = 2;
byte loads[3];                         /* the lease of the load that each caller runs */
byte read_copy, fill_copy, copied_value, copied_stamp;

inline new_id(own) {
#ifdef ONE_ID
  own = 9
#else
  own = next_id; next_id++
#endif
}

inline grant(id) {                     /* rule 2: no other load has the current lease */
  lease = id; assert(me == 2 || loads[2] != id); assert(me == 1 || loads[1] != id) }

inline read(replaces) { d_step {       /* cache.read; replaces 0: the first time */
  own = 0; found = entry && (replaces == 0 || fill != replaces);
  found_value = value; found_fill = fill; found_stamp = stamp;
  if
  :: !found && lease == 0 ->
     new_id(own); grant(own); loads[me] = own;
#ifdef READ_AGAIN
     if :: me == 1 && read_copy == 0 -> read_copy = own :: else fi;
#endif
     printf("caller %d reads no entry, and gets lease %d\n", me, own)
  :: else -> printf("caller %d reads: entry %d, value %d, token %d\n", me, found, found_value, found_stamp)
  fi } }

inline read_token() {
#ifdef REPLICA_READ
  seen = old_token
#else
  seen = token
#endif
}

inline open_tag() { d_step {
  if
#ifdef COUNTER_TOKENS
  :: token == 0 -> token = 1
#else
  :: token == 0 -> token = next_token; next_token++
#endif
  :: else
  fi;
  seen = token; printf("caller %d opens the tag: token %d\n", me, seen) } }

inline load() { d_step { loaded = written; printf("caller %d loads %d\n", me, loaded) } }

inline store(id, new_value, new_stamp) { /* cache.fill */
  if
#ifdef NO_LEASE_CHECK
  :: true ->
#else
  :: lease == id ->
#endif
     entry = true; value = new_value; fill = id; stamp = new_stamp; lease = 0;
     printf("a fill with lease %d is stored: value %d, token %d\n", id, value, stamp)
  :: else -> printf("a fill with lease %d is refused\n", id)
  fi }

proctype Caller(byte me; byte calls) { byte after, own, found_value, found_fill, found_stamp, seen, loaded; bool found;
  do
  :: calls == 0 -> break
  :: else ->
     d_step { calls--; after = returned };
#if defined(EARLY_LOAD) || defined(OLD_SNAPSHOT)
     load();
#endif
     if :: read(0); read_token() :: read_token(); read(0) fi;
     if
#ifdef ABSENT_IS_EQUAL
     :: found && (seen == found_stamp || seen == 0) ->
#else
     :: found && seen == found_stamp ->
#endif
        printf("caller %d serves %d, after: %d\n", me, found_value, after); assert(found_value >= after)
     :: found && seen != found_stamp -> read(found_fill)
     :: else
     fi;
     if
     :: own != 0 ->
#ifndef TOKEN_AFTER_LOAD
        if :: seen == 0 -> open_tag() :: else fi;
#endif
#if !defined(EARLY_LOAD) && !defined(OLD_SNAPSHOT)
        load();
#endif
#ifdef TOKEN_AFTER_LOAD
        open_tag();
#endif
        d_step { store(own, loaded, seen);
#ifdef FILL_AGAIN
          if :: me == 1 && fill_copy == 0 -> fill_copy = own; copied_value = loaded; copied_stamp = seen :: else fi;
#endif
          loads[me] = 0 }
     :: else                           /* it waits, or it has its value */
     fi;
     d_step { after = 0; own = 0; found = false; found_value = 0; found_fill = 0; found_stamp = 0; seen = 0; loaded = 0 }
  od }

active proctype Invalidation() {
  written = 1;
  if
  :: d_step {                          /* cache.invalidate */
#ifdef KEEPS_ENTRY
     skip
#else
     entry = false; value = 0; fill = 0; stamp = 0
#endif
#ifndef KEEPS_LEASE
     ; lease = 0
#endif
     ; printf("the key is invalidated\n") }
  :: d_step { token != 0 -> token = next_token; next_token++; printf("the tag is invalidated: token %d\n", token) }
  :: d_step { token == 0 -> printf("the tag is invalidated, and has no token\n") }
  fi;
  d_step { returned = 1; printf("the invalidation returned\n") };
#ifdef REPLICA_READ
  old_token = token
#endif
}

active proctype Eviction() {
  do
  :: d_step { evictions > 0 && entry -> evictions--; entry = false; value = 0; fill = 0; stamp = 0; printf("the entry is evicted\n") }
  :: d_step { evictions > 0 && lease != 0 -> evictions--; lease = 0; printf("the lease ends\n") }
  :: d_step { evictions > 0 && token != 0 -> evictions--; token = 0; printf("the token is evicted\n") }
  :: d_step { evictions > 0 -> evictions = 0 }
  :: evictions == 0 -> break
  od }

#if defined(READ_AGAIN) || defined(FILL_AGAIN)
active proctype Network() { byte me = 1;
  do
  :: d_step { read_copy != 0 && read_copy != 99 && !entry && lease == 0 -> lease = read_copy; printf("a copy of a read gets lease %d\n", lease); read_copy = 99 }
  :: d_step { fill_copy != 0 && fill_copy != 99 -> store(fill_copy, copied_value, copied_stamp); fill_copy = 99 }
  :: break
  od }
#endif

init { atomic { run Caller(1, 1); run Caller(2, 2) } }
