/* Callers that wait for a lease.
 *
 * It checks rule 5 for step 6 of "What a caller does", and for row l. Each cycle of the search must pass
 * the label "progress": the caller gets an answer, again and again.
 * Bounds: one caller that calls without end. Other processes hold leases, die, or have a load that never
 * ends. Invalidations delete the lease at any time. A lease and loadTimeoutMs are two ticks each. */
#define LEASE 2
#define LOAD_TIMEOUT 2
bool lease, dead, stored;
byte lease_left, load_left;            /* in ticks */
bool woken;                            /* by a message, or because the time of the lease is over */

inline grant() { lease = true; lease_left = LEASE; load_left = LOAD_TIMEOUT; dead = false }
inline end_lease() { lease = false; woken = true }

active proctype Others() {
  do
  :: d_step { !lease && !stored -> grant(); printf("another process gets a lease\n") }
  :: d_step { !lease && stored -> stored = false; printf("an invalidation removes the entry\n") }
  :: d_step { lease -> end_lease(); grant(); printf("an invalidation deletes the lease, and another process gets the next\n") }
  :: d_step { lease && !dead -> dead = true; printf("the process with the lease dies\n") }
  :: d_step { lease && !dead -> end_lease(); stored = true; printf("a fill\n") }
  :: d_step { lease && dead ->         /* a tick, and nobody renews */
#ifndef LEASE_NEVER_ENDS
       lease_left--;
#endif
       if :: lease_left == 0 -> end_lease() :: else fi; printf("a tick\n") }
  :: d_step { lease && !dead ->        /* a tick of a load, whose process renews */
#ifndef NO_LOAD_TIMEOUT
       load_left--;
#endif
       if :: load_left == 0 -> end_lease() :: else lease_left = LEASE fi; printf("a tick of a load\n") }
  od }

active proctype Caller() { bool waits;
  do
  :: d_step {
       if
       :: lease && !stored -> waits = true; woken = false; printf("the caller waits\n")
       :: else                         /* the entry, or an own load */
       fi };
     do
     :: !waits -> break
     :: d_step { waits && woken -> woken = false;
#ifdef WAITS_AGAIN
          waits = lease && !stored;
#else
          waits = false;               /* it reads again, or loads without storing */
#endif
          printf("the caller is woken\n") }
     od;
progress:
     skip
  od }
