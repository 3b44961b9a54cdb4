let insideIsAsExpected = true;

/** Whether the library may use more of the driver than its documentation covers. */
export const mayLookInside = (): boolean => insideIsAsExpected;

/** Everything opened from now on uses the driver's public interface only. */
export function stayOutside(): void {
  insideIsAsExpected = false;
}
