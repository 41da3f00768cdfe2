/* Renewal of a lease.
 *
 * It checks rule 5 for loads that take longer than their lease, and for row f. Each cycle of the search must
 * pass the label "progress": a fill is accepted.
 * Bounds: two processes, which always want the key. A load takes 3 ticks, a lease 2 ticks without renewal. */
#define LOAD 3
#define LEASE 2
byte lease, lease_left, id;            /* lease 0: none */
byte own[2], left[2];                  /* the lease of each load, and its ticks */
bool filled;

active proctype Ticks() { byte at;
  do
  :: d_step {
       if :: lease != 0 -> lease_left-- :: else fi;
       at = 0;
       do
       :: at == 2 -> break
       :: else ->
          if
          :: left[at] == 0 && lease == 0 -> id = id % 4 + 1; lease = id; own[at] = id; left[at] = LOAD; lease_left = LEASE; printf("process %d gets lease %d\n", at, id)
          :: left[at] > 0 ->
             left[at]--;
             if
             :: left[at] == 0 && lease == own[at] -> lease = 0; own[at] = 0; filled = true; printf("process %d fills\n", at)
             :: left[at] == 0 && lease != own[at] -> own[at] = 0; printf("the fill of process %d is refused\n", at)
#ifndef NO_RENEWAL
             :: left[at] > 0 && lease == own[at] -> lease_left = LEASE
#endif
             :: else
             fi
          :: else
          fi;
          at++
       od;
       at = 0;
       if :: lease != 0 && lease_left == 0 -> lease = 0; printf("the lease ends\n") :: else fi };
     if
     :: filled ->
progress: filled = false
     :: else
     fi
  od }
