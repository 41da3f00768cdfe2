/* The fresh time of an entry in L1.
 *
 * It checks rule 4.
 * Bounds: an entry is fresh for 3 ticks of Redis's clock. A read takes up to 3 ticks in each direction. The
 * clock of the process shows another time: 2 ticks more or less. The reply says for how long the entry is fresh. */
#define FRESH 3
byte time = 10, own_clock, sent, fresh_until = 13, fresh_for, serves_until;
bool stored;

active proctype Process() {
  if :: own_clock = time + 2 :: own_clock = time :: own_clock = time - 2 fi;
  sent = own_clock;
  d_step {                             /* the server runs the read */
    if :: time < fresh_until -> fresh_for = fresh_until - time; printf("at %d Redis answers: fresh for %d\n", time, fresh_for) :: else fi };
  d_step {
    if
    :: fresh_for > 0 -> stored = true;
#if defined(FROM_REPLY)
       serves_until = own_clock + fresh_for
#elif defined(BY_OWN_CLOCK)
       serves_until = fresh_until
#else
       serves_until = sent + fresh_for
#endif
       ; printf("L1 serves the entry until %d of its own clock, which shows %d\n", serves_until, own_clock)
    :: else
    fi };
  do
  :: d_step { stored && own_clock < serves_until -> printf("L1 serves it as fresh at %d\n", time); assert(time < fresh_until) }
  :: break
  od }

active proctype Time() {
  do
  :: d_step { time < 20 && sent != 0 -> time++; own_clock++ }
  :: time == 20 -> break
  od }
