/* deletePattern with SCAN.
 *
 * It checks rule 1 for the row of deletePattern in "What an invalidation does".
 * Bounds: one entry that matches, an old load, and a writer that began before. A writer's field, the lease
 * and the entry are in different buckets, and SCAN visits each at any time of its pass. SCAN visits each
 * key that exists during the whole pass.
 *
 * A value is 1 if it contains the write before deletePattern. */
bool entry; byte value;
bool lease = 1, block = 1, setter = 1; /* both began before the write */
bool returned;

active proctype Loader() {
  d_step {
    if :: lease -> entry = true; value = 0; lease = false; printf("the old load fills\n")
       :: else -> printf("the old load is refused\n") fi } }

active proctype Writer() {             /* cache.commit_write with the value before the other write */
  d_step {
    if :: setter -> entry = true; value = 0; printf("the writer sets its value\n")
       :: else -> entry = false; printf("the writer removes\n") fi;
    setter = false; block = false; lease = false } }

inline visit_lease() { d_step { lease = false; printf("SCAN visits the lease\n") } }
inline visit_entry() { d_step { entry = false; printf("SCAN visits the entry\n") } }
inline visit_block() {                 /* cache.invalidate takes the right to set, and keeps the block */
#ifndef NO_BLOCKS
  d_step { setter = false; printf("SCAN visits the block\n") }
#else
  skip
#endif
}

active proctype Pattern() {
#ifdef ONE_PASS
  if :: visit_entry(); visit_lease(); visit_block() :: visit_block(); visit_lease(); visit_entry()
     :: visit_lease(); visit_entry(); visit_block() :: visit_entry(); visit_block(); visit_lease() fi;
#else
  if :: visit_lease(); visit_block() :: visit_block(); visit_lease() fi;
  visit_entry();
#endif
  d_step { returned = true; printf("deletePattern returned\n") } }

active proctype Reader() {
  returned;
  d_step { if :: entry -> printf("a reader gets %d\n", value); assert(value == 1) :: else fi } }
