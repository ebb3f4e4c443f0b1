"""What `glassnet train breast-cancer` does, with scikit-learn and Matplotlib: the peer of the whole-process benchmark."""

import sys
import warnings

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from sklearn.datasets import load_breast_cancer
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    ConfusionMatrixDisplay,
    RocCurveDisplay,
    accuracy_score,
    balanced_accuracy_score,
    f1_score,
    log_loss,
    precision_score,
    recall_score,
    roc_auc_score,
)
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

warnings.simplefilter("ignore")
x, y = load_breast_cancer(return_X_y=True)
x, x_test, y, y_test = train_test_split(x, y, test_size=0.2, random_state=0, stratify=y)
x_train, x_val, y_train, y_val = train_test_split(x, y, test_size=0.2, random_state=0, stratify=y)
scaler = StandardScaler().fit(x_train)
x_train, x_val, x_test = map(scaler.transform, (x_train, x_val, x_test))

network = MLPClassifier((16, 8), batch_size=32, random_state=0)
curves = {"train": [], "validation": []}
for _ in range(50):
    network.partial_fit(x_train, y_train, classes=[0, 1])
    curves["train"].append(log_loss(y_train, network.predict_proba(x_train)))
    curves["validation"].append(log_loss(y_val, network.predict_proba(x_val)))

for name, model in (
    ("network", network),
    ("linear", LogisticRegression().fit(x_train, y_train)),
    ("majority", DummyClassifier().fit(x_train, y_train)),
):
    said, sure = model.predict(x_test), model.predict_proba(x_test)[:, 1]
    scores = [
        score(y_test, said)
        for score in (accuracy_score, balanced_accuracy_score, precision_score, recall_score, f1_score)
    ]
    print(name, scores, roc_auc_score(y_test, sure))

figure, axes = plt.subplots(2, 2, figsize=(10, 8))
for name, values in curves.items():
    axes[0, 0].plot(values, label=name)
axes[0, 0].legend()
ConfusionMatrixDisplay.from_estimator(network, x_test, y_test, ax=axes[0, 1])
RocCurveDisplay.from_estimator(network, x_test, y_test, ax=axes[1, 0])
axes[1, 1].hist(network.predict_proba(x_test)[:, 1], bins=20)
figure.savefig(sys.argv[1])
