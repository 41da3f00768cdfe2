/* The outbox of invalidations.
 *
 * It checks rule 1 for rows c and d: a row is deleted only after its invalidation has succeeded.
 * Bounds: two transactions, which take their row numbers in one order and commit in any order. Their
 * process may die after the commit. The relay reads committed rows. One invalidation may end as pending,
 * before or after it runs. */
bool committed[3], acknowledged[3], invalidated[3];
byte finished, cursor, faults = 1;

proctype Transaction(byte row) {
  d_step { committed[row] = true; printf("transaction %d commits\n", row) };
#ifdef NO_OUTBOX
  if
  :: d_step { invalidated[row] = true; printf("its process invalidates\n") }
  :: d_step { faults > 0 -> faults--; printf("its process dies\n") }
  fi;
  acknowledged[row] = true;
#endif
  finished++ }

#ifdef BY_CURSOR
#define WAITS(row) (committed[row] && cursor < row)
#else
#define WAITS(row) (committed[row] && !acknowledged[row])
#endif

proctype Relay() { byte row; bool pending;
  do
  :: atomic {
       if :: WAITS(1) -> row = 1 :: !WAITS(1) && WAITS(2) -> row = 2
          :: !WAITS(1) && !WAITS(2) && finished == 2 -> break fi };
     if
     :: d_step { invalidated[row] = true; pending = false; printf("the relay invalidates for row %d\n", row) }
     :: d_step { faults > 0 -> faults--; pending = true; printf("the invalidation of row %d is pending\n", row) }
     fi;
     d_step {
       if
#ifdef ACKNOWLEDGES_PENDING
       :: true ->
#else
       :: !pending ->
#endif
          acknowledged[row] = true; cursor = row; printf("the relay acknowledges row %d\n", row)
       :: else
       fi }
  od;
  assert(invalidated[1] && invalidated[2]) }

init { atomic { run Transaction(1); run Transaction(2); run Relay() } }
