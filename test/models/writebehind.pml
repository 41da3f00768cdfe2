/* Write-behind: writebehind.enqueue, take, ack and resolve, and applyWrites in the database.
 *
 * It checks that no write is made twice or lost, that no older value overwrites a newer one, that a batch
 * that fails does not overwrite a later one, that the queue ends empty, and that Redis and the database
 * never disagree.
 * Bounds: one key with three coalesced writes. Two workers, each of which may fail, stall or die after each
 * step. One refused write, and one dead write that is queued again. A late copy of the first write and of
 * an acknowledgement; a late copy of a take is a worker that takes and dies. FAILOVER has two writes, no late
 * acknowledgement, and one failover, which loses what came after some moment; writers and takes wait for the
 * replica (minReplicas).
 *
 * A value is the number of its write. Times are left out: a batch that has failed may be tried at once. */
#ifdef FAILOVER
#define WRITES 2
#define OTHERS 3
#define ACKS 0
#else
#define WRITES 3
#define OTHERS 2
#define ACKS 1
#endif
byte queued, in_flight, previous;      /* values in Redis; the number that the batch has of the one before */
byte latest, dead;                     /* the number of the latest batch; a dead write */
bool known[4];                         /* operations */
byte copied_queued, copied_in_flight, copied_previous, copied_latest, copied_dead;   /* the replica */
bool copied_known[4], failed;
byte clock;                            /* of the servers: a failover does not set it back */
byte row, last, last_value; bool last_refused, applied[4];   /* the database */
byte promised;                         /* the latest write whose caller has its answer */
byte refusals = 1, acks = ACKS, sent_batch; bool sent_refused, sent_write;
byte busy = OTHERS, ended;                  /* processes besides the workers; workers that have ended */

inline replicate() {
#ifdef FAILOVER
  copied_queued = queued; copied_in_flight = in_flight; copied_previous = previous; copied_latest = latest;
  copied_dead = dead; copied_known[1] = known[1]; copied_known[2] = known[2]
#else
  skip
#endif
}

inline forget_replica() {
  copied_queued = 0; copied_in_flight = 0; copied_previous = 0; copied_latest = 0;
  copied_dead = 0; copied_known[1] = false; copied_known[2] = false }

inline enqueue(write) {
  if
#ifndef NO_OPERATION
  :: known[write] -> printf("write %d is repeated\n", write)
#endif
  :: else ->
     known[write] = true;
#ifdef REPLACES_TAKEN
     if :: in_flight != 0 -> in_flight = write :: else -> queued = write fi;
#else
     queued = write;
#endif
#ifndef KEEPS_DEAD
     dead = 0;
#endif
     printf("write %d is queued\n", write)
  fi }

inline take_batch() {
  if
#ifdef TAKES_OVER
  :: in_flight != 0 && queued == 0 ->
#else
  :: in_flight != 0 ->
#endif
#ifdef NEW_NUMBER
     previous = latest; clock++; latest = clock
#endif
  :: else ->
     if
     :: queued != 0 -> previous = latest; clock++; latest = clock; in_flight = queued; queued = 0
     :: else
     fi
  fi }

inline acknowledge(acked, was_refused) {
  if
#ifdef ACKS_ANY
  :: in_flight != 0 ->
#else
  :: in_flight != 0 && acked == latest ->
#endif
#ifdef KEEPS_OLDER
     if :: was_refused -> dead = in_flight :: else fi;
#else
     if :: was_refused && queued == 0 -> dead = in_flight :: else fi;
#endif
     in_flight = 0; previous = 0; printf("batch %d is acknowledged, refused: %d\n", acked, was_refused)
  :: else
  fi }

inline reject() {                      /* another worker may have acknowledged it: only twice is an error */
  done = false; printf("batch %d does not follow batch %d\n", number, seen);
#ifdef REJECTS_ONCE
  assert(false);
#else
  assert(rejected != number); rejected = number
#endif
}

inline apply_batch() {                 /* in one transaction: done, is_refused */
  done = true; is_refused = false;
  if
#ifndef NO_NUMBER
  :: seen == number ->
     if :: last_value == value -> printf("the database has batch %d\n", number) :: else -> reject() fi;
#ifndef FORGETS_REFUSED
     is_refused = last_refused
#endif
#endif
#if !defined(NO_PREVIOUS) && !defined(NO_NUMBER)
  :: seen != number && (seen != before || number < seen) -> reject()
#endif
  :: else ->
     if
     :: refusals > 0 -> refusals--; is_refused = true; printf("write %d is refused\n", value)
     :: true ->
        assert(!applied[value]); assert(value > row);
        applied[value] = true; row = value; printf("write %d is made\n", value)
     fi;
     last = number; last_value = value; last_refused = is_refused
  fi }

proctype Worker(byte me) { byte number, before, value, seen, rejected; bool done, is_refused, had_failed;
  do
  :: busy == 0 && queued == 0 && in_flight == 0 -> break
  :: queued != 0 || in_flight != 0 ->
     d_step { take_batch(); number = latest; before = previous; value = in_flight; had_failed = failed;
       printf("worker %d takes batch %d after %d with %d\n", me, number, before, value) };
     if
     :: value == 0
     :: true                           /* it dies, or the transaction fails */
     :: value != 0 ->
#ifndef TAKES_ALONE
        d_step {
          if
          :: failed != had_failed -> value = 0
          :: else -> if :: !failed -> replicate() :: else fi
          fi };
#endif
#ifdef ACKS_FIRST
        if :: value != 0 -> d_step { acknowledge(number, false) } :: else fi;
#endif
        if
        :: true
        :: value != 0 ->
#ifdef NO_LOCK
           seen = last;
           d_step { apply_batch() };
#else
           d_step { seen = last; apply_batch() };
#endif
           if
           :: true                     /* it dies between commit and acknowledgement */
           :: done -> d_step { sent_batch = number; sent_refused = is_refused; acknowledge(number, is_refused) }
           fi
        fi
     fi;
     d_step { if :: rejected != number -> rejected = 0 :: else fi;
       number = 0; before = 0; value = 0; seen = 0; done = false; is_refused = false; had_failed = false }
  od;
  ended++ }

active proctype Writer() { byte write = 1; bool had_failed;
  do
  :: write > WRITES -> break
  :: else ->
     d_step { had_failed = failed; enqueue(write); sent_write = true };
#ifndef QUEUES_ALONE
     d_step {                          /* without an answer, it sends the write again */
       if
       :: failed == had_failed -> if :: !failed -> replicate() :: else fi;
          promised = write; write++
       :: else
       fi }
#else
     d_step { promised = write; write++ }
#endif
  od;
  busy-- }

/* An operator queues a dead write again. */
active proctype Operator() {
  if
  :: d_step { dead != 0 -> queued = dead; printf("dead write %d is queued again\n", dead); dead = 0 }
  :: true
  fi;
  busy-- }

#ifdef FAILOVER
active proctype Failover() {
  if
  :: d_step { replicate(); printf("the replica has this state\n") } :: true
  fi;
  if
  :: d_step { failed = true; queued = copied_queued; in_flight = copied_in_flight; previous = copied_previous;
       latest = copied_latest; dead = copied_dead;
       known[1] = copied_known[1]; known[2] = copied_known[2];
       printf("failover: %d queued, %d in flight in batch %d, %d dead\n", queued, in_flight, latest, dead) }
  :: true -> failed = true             /* and nothing is lost */
  fi;
  d_step { forget_replica(); busy-- } }
#endif

active proctype LateCopies() {
end:
  do
  :: d_step { sent_write -> sent_write = false; printf("a copy of write 1 arrives\n"); enqueue(1) }
  :: d_step { acks > 0 && sent_batch != 0 -> acks--; printf("a copy of an acknowledgement arrives\n");
       acknowledge(sent_batch, sent_refused) }
  od }

active proctype End() {
  ended == 2;
  assert(queued == 0 && in_flight == 0);
  assert(row >= promised || dead == promised) }

init { atomic { run Worker(1); run Worker(2) } }
