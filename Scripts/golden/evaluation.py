"""Golden values of the linear probe and the k-NN vote, from scikit-learn.

Writes Tests/EvaluationTests/Golden/evaluation.json: run from the root of the repository with a Python that has
scikit-learn. Fails when a prediction is so close to a tie that rounding could turn it.
"""

import json
import pathlib

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

N, TESTS, D, K, T = 200, 60, 12, 4, 0.07
rng = np.random.default_rng(7)


def listed(a, digits=9):
    return [float(f"{v:.{digits}g}") for v in np.asarray(a, dtype=np.float64).ravel()]


def draw(n):
    y = rng.integers(0, K, n)
    x = np.round(0.8 * centres[y] + rng.normal(size=(n, D)) * np.geomspace(0.1, 10, D) + 3, 3)
    x[:, 5] = 2.5  # a constant column
    return x.astype(np.float32), y


def objective(coef, intercept, x, y, l2):
    z = x @ coef.T + intercept
    z = z - z.max(axis=1, keepdims=True)
    loss = np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y]
    return loss.mean() + l2 / 2 * (coef**2).sum()


def clear(scores, margin):
    best = np.sort(scores, axis=1)
    assert (best[:, -1] - best[:, -2]).min() > margin, "a prediction is nearly a tie: take another seed"


centres = rng.normal(size=(K, D)) * np.geomspace(0.1, 10, D)
train, labels = draw(N)
test, test_labels = draw(TESTS)
scaler = StandardScaler().fit(train.astype(np.float64))
x, t = scaler.transform(train.astype(np.float64)), scaler.transform(test.astype(np.float64))

fits = []
for l2 in (1.0, 1e-2, 1e-3):
    m = LogisticRegression(C=1 / (l2 * N), tol=1e-12, max_iter=100_000).fit(x, labels)
    clear(m.decision_function(t), 1e-3)
    fits.append(
        dict(l2=l2, objective=objective(m.coef_, m.intercept_, x, labels, l2), weights=listed(m.coef_),
             intercepts=listed(m.intercept_ - m.intercept_.mean()), predictions=m.predict(t).tolist()))

# Two classes: scikit-learn fits one vector w = w1 - w0 and penalises it whole; the softmax form splits it evenly
# and pays (λ/2)·‖w‖²/2, so both agree at C = 2/(λn).
rows = labels < 2
l2 = 1e-2
b = LogisticRegression(C=2 / (l2 * rows.sum()), tol=1e-12, max_iter=100_000).fit(x[rows], labels[rows])
w, c = np.vstack([-b.coef_, b.coef_]) / 2, np.array([-b.intercept_[0], b.intercept_[0]]) / 2
binary = dict(l2=l2, objective=objective(w, c, x[rows], labels[rows], l2), weights=listed(w), intercepts=listed(c))

votes = []
for k in (1, 5, 10, 20, 200):
    m = KNeighborsClassifier(
        k, metric="cosine", algorithm="brute", weights=lambda d: np.exp((1 - d) / T)).fit(
            train.astype(np.float64), labels)
    clear(m.predict_proba(test), 1e-4)
    votes.append(dict(k=k, predictions=m.predict(test).tolist()))
distances = KNeighborsClassifier(20, metric="cosine", algorithm="brute").fit(
    train.astype(np.float64), labels).kneighbors(test[:5].astype(np.float64))
neighbors = dict(similarities=listed(1 - distances[0]), indices=distances[1].ravel().tolist())

golden = dict(
    width=D, classCount=K, train=listed(train, 6), labels=labels.tolist(), test=listed(test, 6),
    testLabels=test_labels.tolist(), means=listed(scaler.mean_), deviations=listed(np.sqrt(scaler.var_)),
    standardized=listed(x[:3]), fits=fits, binary=binary, votes=votes, neighbors=neighbors)
path = pathlib.Path("Tests/EvaluationTests/Golden/evaluation.json")
path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
print(path, path.stat().st_size, "bytes", [f["objective"] for f in fits],
      [np.mean(np.array(f["predictions"]) == test_labels) for f in fits],
      [np.mean(np.array(v["predictions"]) == test_labels) for v in votes])
