/* Writers: cache.begin_write, cache.commit_write and cache.end_write.
 *
 * It checks rule 1 for the section "Writes", for what invalidate and expire do with a writer's right to
 * set, and for row g.
 * Bounds: two writers, of which one may die. One write of another program, then invalidate or expire of the
 * key. One caller with two calls. Each block may end before its writer. The first begin may run once more.
 *
 * A value is the set of writes that it contains: bits 0 and 1 of the writers, bit 2 of the other program. */
#define WRITERS (live[1] + live[2] + ended[1] + ended[2])
byte source, promised;                 /* writes in the source; those that no call may miss any more */
bool entry; byte value; bool fresh;
byte lease, next_id = 1;
bool live[3], ended[3]; byte setter;   /* the block: fields of writers, whose time runs or has ended */
bool slow[3]; byte deaths = 1, copies = 1; bool began[3];

inline remove() { entry = false; value = 0; fresh = false; lease = 0 }

inline begin(me) {
  if
  :: live[me] || ended[me]             /* repeated */
  :: else ->
     live[me] = true; ended[3 - me] = false;
#ifndef SETS_WITH_OTHERS
     if :: live[3 - me] -> setter = 0 :: else -> setter = me fi
#else
     setter = me
#endif
  fi;
  remove(); printf("writer %d begins; the setter is %d\n", me, setter) }

inline leave(me) {                     /* the writer's field, and the right to set of whoever has it */
  live[me] = false; ended[me] = false;
#ifdef KEEPS_OTHER_SETTER
  if :: setter == me -> setter = 0 :: else fi
#else
  setter = 0
#endif
}

proctype Writer(byte me) { byte loaded;
#ifndef NO_BEGIN
  d_step { begin(me); began[me] = true };
#endif
  d_step {
    source = source | me; loaded = source; printf("writer %d commits: %d\n", me, source);
    if :: live[me] -> promised = promised | me :: else fi }; /* without a block, only its end promises it */
  if
  :: d_step { deaths > 0 -> deaths--; printf("writer %d dies\n", me) }
  :: d_step {                          /* cache.commit_write */
       if
#ifdef NO_BEGIN
       :: true ->
#elif defined(SLOW_SETS)
       :: setter == me ->
#else
       :: setter == me && !slow[me] ->
#endif
          remove(); entry = true; value = loaded; fresh = true; printf("writer %d sets %d\n", me, loaded)
       :: else -> remove(); printf("writer %d removes\n", me)
       fi;
       leave(me); promised = promised | me; printf("writer %d returned\n", me) }
  :: d_step { remove(); leave(me); promised = promised | me; printf("writer %d ends without a value\n", me) }
  fi }

active proctype OtherProgram() {
  source = source | 4;
  if
  :: d_step { remove();
#ifndef KEEPS_SETTER
       setter = 0;
#endif
#ifdef DROPS_BLOCK
       live[1] = false; live[2] = false; ended[1] = false; ended[2] = false;
#endif
       printf("the key is invalidated after the commit of another program\n") }
  :: d_step { fresh = false; lease = 0;
#ifndef KEEPS_SETTER
       setter = 0;
#endif
       printf("the key is expired after the commit of another program\n") }
  fi;
  promised = promised | 4 }

active proctype Caller() { byte calls = 2, own, loaded, after;
  do
  :: calls == 0 -> break
  :: else ->
     d_step { calls--; after = promised };
     d_step {
       if
       :: entry && fresh -> printf("the caller gets %d, after: %d\n", value, after); assert((value & after) == after)
       :: else ->
          if
#if defined(BLOCK_AT_FILL) || defined(NO_BLOCK)
          :: lease == 0 ->
#else
          :: lease == 0 && WRITERS == 0 ->
#endif
             lease = next_id; own = next_id; next_id++
          :: else
          fi
       fi };
     if
     :: own != 0 ->
        d_step { loaded = source; printf("the caller loads %d\n", loaded) };
        d_step {
          if
#ifdef BLOCK_AT_FILL
          :: lease == own && WRITERS == 0 ->
#else
          :: lease == own ->
#endif
             entry = true; fresh = true; value = loaded; lease = 0; printf("the caller fills %d\n", loaded)
          :: else -> if :: lease == own -> lease = 0 :: else fi
          fi }
     :: else
     fi;
     d_step { own = 0; loaded = 0; after = 0 }
  od }

active proctype Time() {
  do
  :: d_step { live[1] -> live[1] = false; ended[1] = true; slow[1] = true; printf("the time of writer 1 is over\n") }
  :: d_step { live[2] -> live[2] = false; ended[2] = true; slow[2] = true; printf("the time of writer 2 is over\n") }
  :: d_step { WRITERS > 0 && !live[1] && !live[2] -> ended[1] = false; ended[2] = false; setter = 0; printf("the block ends\n") }
#ifndef NO_BEGIN
  :: d_step { copies > 0 && began[1] -> copies--; printf("a copy of a begin runs\n"); begin(1) }
#endif
  :: break
  od }

init { atomic { run Writer(1); run Writer(2) } }
