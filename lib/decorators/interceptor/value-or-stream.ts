import { Observable, ReplaySubject } from 'rxjs';

/**
 * The one value of an Observable; where it turns out to be a stream, an Observable of the same values, as soon as the
 * first is there.
 */
export function valueOrStream(source: Observable<unknown>, isStream: () => boolean): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const values = new ReplaySubject<unknown>();
    const subscription = source.subscribe(values);
    const stream = new Observable((subscriber) => {
      subscriber.add(values.subscribe(subscriber));
      subscriber.add(subscription);
    });
    const settle = (value: unknown) => resolve(isStream() ? stream : value);
    values.subscribe({ next: settle, error: reject, complete: () => settle(undefined) });
  });
}
