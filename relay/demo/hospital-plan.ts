/** What the region's hospitals and rescue service have. Weights are relative. */

export const HOSPITALS = [
  { hospital: 'Central', weight: 38, doctors: 17 },
  { hospital: 'North', weight: 26, doctors: 11 },
  { hospital: 'Lakeside', weight: 20, doctors: 9 },
  { hospital: 'St. Anna', weight: 16, doctors: 7 },
] as const;

/** Levels of urgency as triaged; `targetMin`: by when a doctor should be there. */
export const TRIAGE = [
  { triage: '1 red', weight: 3, targetMin: 1, treatMin: 16, admitted: 0.85 },
  { triage: '2 orange', weight: 13, targetMin: 10, treatMin: 11, admitted: 0.45 },
  { triage: '3 yellow', weight: 36, targetMin: 30, treatMin: 8, admitted: 0.22 },
  { triage: '4 green', weight: 36, targetMin: 60, treatMin: 5, admitted: 0.06 },
  { triage: '5 blue', weight: 12, targetMin: 90, treatMin: 3.5, admitted: 0.01 },
] as const;
export type Triage = (typeof TRIAGE)[number];

export const WARDS = [
  { ward: 'ICU medical', hospital: 'Central', beds: 14, stayMin: 95 },
  { ward: 'ICU surgical', hospital: 'Central', beds: 12, stayMin: 85 },
  { ward: 'ICU North', hospital: 'North', beds: 10, stayMin: 75 },
  { ward: 'Stroke unit', hospital: 'Lakeside', beds: 8, stayMin: 70 },
] as const;
export type Ward = (typeof WARDS)[number];

/** `driveMin`: to a place in it, on average. */
export const RESCUE_ZONES = [
  { zone: 'Centre', weight: 34, driveMin: 2.8 },
  { zone: 'North', weight: 20, driveMin: 4 },
  { zone: 'East', weight: 18, driveMin: 4.4 },
  { zone: 'South', weight: 16, driveMin: 4.2 },
  { zone: 'West', weight: 12, driveMin: 5 },
] as const;

export const AMBULANCES = Array.from({ length: 24 }, (_, index) => ({
  ambulance: `RTW-${String(index + 1).padStart(2, '0')}`,
  zone: RESCUE_ZONES[index % RESCUE_ZONES.length]?.zone ?? 'Centre',
}));
