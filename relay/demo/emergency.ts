import type { Beds } from './hospital-beds.ts';
import { HOSPITALS, TRIAGE, type Triage } from './hospital-plan.ts';
import type { World } from './world.ts';

interface Patient {
  readonly patient_id: string;
  readonly triage: Triage;
  readonly arrivedMs: number;
}

interface Department {
  /** By urgency, the longest waiting first. */
  readonly waiting: readonly Patient[][];
  readonly doctors: number;
  busyDoctors: number;
}

interface EmergencyOptions {
  readonly beds: Beds;
  /** How many of the doctors are there: 1 is all that a department has. */
  readonly staffing: (timeMs: number) => number;
  readonly warmMs: number;
  readonly tellMs: number;
}

/** Emergency departments: who is most urgent is next, of those who waits longest. */
export class Emergency {
  readonly #world: World;
  readonly #beds: Beds;
  readonly #staffing: EmergencyOptions['staffing'];
  readonly #departments = new Map<string, Department>(
    HOSPITALS.map(({ hospital, doctors }) => [hospital, { waiting: TRIAGE.map(() => []), doctors, busyDoctors: 0 }]),
  );
  #patients = 0;

  constructor(world: World, { beds, staffing, warmMs, tellMs }: EmergencyOptions) {
    this.#world = world;
    this.#beds = beds;
    this.#staffing = staffing;
    world.repeat(
      warmMs,
      () => tellMs,
      (timeMs) => this.#tellWaiting(timeMs),
    );
  }

  arrive(timeMs: number, hospital: string, triage: Triage, by: 'walk-in' | 'ambulance'): void {
    const patient_id = `P${String(++this.#patients).padStart(6, '0')}`;
    const patient: Patient = { patient_id, triage, arrivedMs: timeMs };
    this.#world.tell(timeMs, `hospital/${hospital}/emergency`, {
      event: 'arrival',
      hospital,
      patient_id,
      triage: triage.triage,
      arrived_by: by,
    });
    this.#departments.get(hospital)?.waiting[TRIAGE.indexOf(triage)]?.push(patient);
    this.#seeNext(timeMs, hospital);
  }

  #seeNext(timeMs: number, hospital: string): void {
    const department = this.#departments.get(hospital);
    if (department === undefined) return;
    if (department.busyDoctors >= Math.round(department.doctors * this.#staffing(timeMs))) return;
    const patient = department.waiting.find((queue) => queue.length > 0)?.shift();
    if (patient === undefined) return;
    department.busyDoctors++;
    const { patient_id, triage, arrivedMs } = patient;
    const waiting_min = (timeMs - arrivedMs) / 60_000;
    this.#world.tell(timeMs, `hospital/${hospital}/emergency`, {
      event: 'seen',
      hospital,
      patient_id,
      triage: triage.triage,
      waiting_min: round(waiting_min),
      target_min: triage.targetMin,
      in_time: waiting_min <= triage.targetMin,
    });
    this.#world.plan(timeMs + this.#world.random.logNormal(triage.treatMin * 60_000, 0.4), (now) => {
      department.busyDoctors--;
      this.#leave(now, hospital, patient);
      this.#seeNext(now, hospital);
    });
  }

  /** Home, to a ward, to intensive care; or, where there is no bed for it, to another hospital. */
  #leave(timeMs: number, hospital: string, { patient_id, triage, arrivedMs }: Patient): void {
    const { random } = this.#world;
    const isAdmitted = random.chance(triage.admitted);
    const needsCare = isAdmitted && (triage === TRIAGE[0] ? random.chance(0.6) : random.chance(0.05));
    const elsewhere = needsCare && !this.#beds.admit(timeMs, hospital) ? (this.#beds.withFreeBed() ?? null) : null;
    const outcome = elsewhere !== null ? 'transferred' : needsCare ? 'intensive care' : isAdmitted ? 'ward' : 'home';
    this.#world.tell(timeMs, `hospital/${hospital}/emergency`, {
      event: 'left',
      hospital,
      patient_id,
      triage: triage.triage,
      outcome,
      stay_min: round((timeMs - arrivedMs) / 60_000),
    });
    if (elsewhere === null) return;
    this.#beds.admit(timeMs, elsewhere);
    this.#world.tell(timeMs, `hospital/${hospital}/transfers`, {
      event: 'transfer',
      hospital,
      to_hospital: elsewhere,
      patient_id,
      triage: triage.triage,
    });
  }

  #tellWaiting(timeMs: number): void {
    for (const [hospital, { waiting }] of this.#departments) {
      const all = waiting.flat();
      const longestMs = Math.max(0, ...all.map(({ arrivedMs }) => timeMs - arrivedMs));
      this.#world.tell(timeMs, `hospital/${hospital}/emergency`, {
        event: 'waiting',
        hospital,
        waiting: all.length,
        longest_min: round(longestMs / 60_000),
      });
    }
  }
}

function round(minutes: number): number {
  return Math.round(minutes * 100) / 100;
}
